namespace RaftActors.Cli.Tests;

/// <summary><c>raft completion</c>.</summary>
[Trait("Needs", "Linux")]
public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "complete -o default -F _raft_complete raft")]
    [InlineData("zsh", "compdef _raft_complete raft")]
    [InlineData("fish", "complete -c raft")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName raft")]
    public void Script_of_each_shell_asks_the_program(string shell, string registration)
    {
        var run = Run.Here("completion", shell);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(registration, run.Output);
        Assert.Contains("[suggest:", run.Output);
    }

    [Fact]
    public void Unknown_shell_is_a_wrong_command()
    {
        var run = Run.Here("completion", "sh");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("'sh'", run.Error);
    }

    [Fact]
    public void Bash_completes_verbs_and_options()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["raft"], $"#!/bin/sh\nexec dotnet '{Run.ProgramFile}' \"$@\"\n");
        var complete = """
            source <(raft completion bash)
            try() {
              COMP_LINE=$1; COMP_POINT=${#1}; COMP_WORDS=($1); [[ $1 == *' ' ]] && COMP_WORDS+=('')
              COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _raft_complete; echo ${COMPREPLY[*]}
            }
            try 'raft mem'
            try 'raft members '
            try 'raft log tail --fol'
            """;

        var run = Run.Shell($"chmod +x '{folder["raft"]}'; PATH='{folder.Path}':$PATH\n{complete}");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("members", run.Lines.First());
        Assert.All(["add", "list", "quorum", "remove"], verb => Assert.Contains(verb, run.Lines.ElementAt(1).Split(' ')));
        Assert.Equal("--follow", run.Lines.ElementAt(2));
    }
}
