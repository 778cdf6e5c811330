using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace RaftActors.Cli;

/// <summary>A list of commands shows the first sentence of each; the rest is for those who ask for it.</summary>
internal sealed class BriefHelp(HelpAction whole) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
        {
            var sentence = command.Description!.Split(". ")[0].Split(".\n")[0].TrimEnd('.'); // Justification: each of ours has one.
            command.Description = $"{sentence.ReplaceLineEndings(" ")}.";
        }

        return whole.Invoke(parseResult);
    }
}
