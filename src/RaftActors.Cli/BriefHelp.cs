using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace RaftActors.Cli;

/// <summary>Help that lists subcommands with the first sentence of their descriptions only.</summary>
internal sealed class BriefHelp(HelpAction whole) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
        {
            var sentence = command.Description!.Split(". ")[0].Split(".\n")[0].TrimEnd('.'); // Justification: all commands have one.
            command.Description = $"{sentence.ReplaceLineEndings(" ")}.";
        }

        return whole.Invoke(parseResult);
    }
}
