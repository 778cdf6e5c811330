using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Cli.Terminal;
using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log dump</c>.</summary>
internal static class DumpCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        var json = SharedOptions.Json();
        var group = SharedOptions.Group();
        var process = SharedOptions.Process();
        var from = new Option<long?>("--from") { Description = "Leave out entries with a lower index.", HelpName = "index" };
        var limit = new Option<long?>("--limit")
        {
            Description = "Print at most this many lines.",
            HelpName = "n",
            Validators = { RefuseNegative },
        };
        var command = new Command(
            "dump",
            """
            Prints the content of a log in the order of writing: segments, batches, seals and records, then the end of the log and the
            snapshots. Marks torn and damaged parts. Changes nothing. Fails if a process uses the directory.

            Example:
              raft log dump --data /var/lib/raft --process raft1@node1@localhost --from 1000 --limit 20
            """)
        {
            data, json, group, process, from, limit,
        };
        command.SetAction(parsed =>
        {
            var only = new OwnerFilter(parsed.GetValue(group), parsed.GetValue(process));
            var first = parsed.GetValue(from);
            var items = LogDump.Read(parsed.GetValue(data)!)
                .Where(item => (only.IsOpen || (item.Owner is { } owner && only.Admits(owner))) && (first is null || item.Index >= first));
            var lines = new ItemLines(environment.Output, parsed.GetValue(json));
            var left = parsed.GetValue(limit) ?? long.MaxValue;
            foreach (var item in items)
            {
                if (left-- <= 0)
                {
                    break;
                }

                lines.Write(item);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void RefuseNegative(OptionResult result)
    {
        if (result.GetValueOrDefault<long?>() < 0)
        {
            result.AddError("--limit must not be negative");
        }
    }
}
