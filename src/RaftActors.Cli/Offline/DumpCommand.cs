using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log dump</c>.</summary>
internal static class DumpCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = CommandLine.Data();
        var json = CommandLine.Json();
        var group = CommandLine.Group();
        var process = CommandLine.Process();
        var from = new Option<long?>("--from") { Description = "Entries with a lower index are left out.", HelpName = "index" };
        var limit = new Option<long?>("--limit")
        {
            Description = "So many lines at most.",
            HelpName = "n",
            Validators = { RefuseNegative },
        };
        var command = new Command(
            "dump",
            """
            Shows what stands in a log, in the order in which it was written: segments, batches and seals, records, then snapshots, and
            where the log ends. What is torn or damaged is shown as such. It changes nothing, and refuses a directory that is in use.

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
