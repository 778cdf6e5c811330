using RaftActors.Storage;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log dump</c>.</summary>
internal static class DumpCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        var group = SharedOptions.Group();
        var process = SharedOptions.Process();
        var from = SharedOptions.Number("--from", "index", "Leave out entries with a lower index.");
        var limit = SharedOptions.Number("--limit", "n", "Print at most this many lines.");
        return new LocalVerb(environment, "dump")
        {
            What = """
                Prints the content of a log in the order of writing: segments, batches, seals and records, then the end of the log and the
                snapshots. Marks torn and damaged parts. Changes nothing. Fails if a process uses the directory.
                """,
            Ends = new("printed", "the directory cannot be read"),
            Examples = ["log dump --data /var/lib/raft --process raft1@node1@localhost --from 1000 --limit 20"],
            Own = [data, group, process, from, limit],
            Run = (parsed, output) =>
            {
                var (ofGroup, ofProcess, first) = (parsed.GetValue(group), parsed.GetValue(process), parsed.GetValue(from));
                var items = StoreTools.Dump(parsed.GetValue(data)!).Where(item =>
                    (ofGroup is null || item.Group == ofGroup)
                    && (ofProcess is null || item.Process == ofProcess)
                    && (first is null || item.Index >= first));
                return ItemLines.Write(output, items, parsed.GetValue(limit) ?? long.MaxValue);
            },
        }.Build();
    }
}
