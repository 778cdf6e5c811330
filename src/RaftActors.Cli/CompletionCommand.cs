namespace RaftActors.Cli;

/// <summary><c>raft completion</c>: a script that lets a shell complete the arguments of this program.</summary>
internal static class CompletionCommand
{
    // Each script runs this program with the directive [suggest:POSITION] and the command line without the name of the program. It prints
    // the words that may stand at the cursor.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] =
            """
            # Completion of raft for bash. Add to ~/.bashrc: source <(raft completion bash)
            _raft_complete() {
              local line=${COMP_LINE:0:COMP_POINT}
              line=${line#*"${COMP_WORDS[0]}"}
              line=${line# }
              local current=${COMP_WORDS[COMP_CWORD]} word
              COMPREPLY=()
              while IFS= read -r word; do
                [[ $word == "$current"* ]] && COMPREPLY+=("$word")
              done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
            }
            complete -o default -F _raft_complete raft

            """,
        ["zsh"] =
            """
            # Completion of raft for zsh. Add to ~/.zshrc, after compinit: source <(raft completion zsh)
            _raft_complete() {
              local line="${(j: :)words[2,CURRENT]}"
              local -a found
              found=("${(@f)$(raft "[suggest:${#line}]" "$line" 2>/dev/null)}")
              compadd -- $found
            }
            compdef _raft_complete raft

            """,
        ["fish"] =
            """
            # Completion of raft for fish. Save it as ~/.config/fish/completions/raft.fish
            function __raft_complete
                set -l line (string replace -r '^\s*\S+\s?' '' -- (commandline -cp))
                raft "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c raft -a '(__raft_complete)'

            """,
        ["pwsh"] =
            """
            # Completion of raft for PowerShell. Add to $PROFILE: raft completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName raft -ScriptBlock {
                param($word, $command, $position)
                $whole = $command.ToString().PadRight($position).Substring(0, $position)
                $line = $whole -replace '^\s*\S+\s?', ''
                raft "[suggest:$($line.Length)]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }

            """,
    };

    public static Command Build(CommandEnvironment environment)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return new LocalVerb(environment, "completion")
        {
            What = """
                Prints a script that completes the verbs and options of raft in a shell. The first line of the script says where it belongs.
                """,
            Ends = new("printed", "standard output cannot be written"),
            Examples = ["completion bash", "completion fish > ~/.config/fish/completions/raft.fish"],
            Own = [shell],
            Json = null,
            Run = (parsed, _) =>
            {
                environment.Output.Write(Scripts[parsed.GetValue(shell)!].ReplaceLineEndings("\n"));
                return ExitCode.Done;
            },
        }.Build();
    }
}
