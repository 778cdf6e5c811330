using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log verify</c>.</summary>
internal static class VerifyCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        return new LocalVerb(environment, "verify")
        {
            What = """
                Reads all segments and snapshots in a directory and checks their checksums. Prints the content of each store, and whether
                its process can start. A torn end of the last write is no damage: the write was never acknowledged, and the next start cuts
                it off. Changes nothing. Fails if a process uses the directory.
                """,
            Ends = new("whole", "acknowledged entries are damaged (see 'raft log repair'), or the directory cannot be read"),
            Examples = ["log verify --data /var/lib/raft"],
            Own = [data],
            Run = (parsed, output) =>
            {
                var report = Checked(parsed.GetValue(data)!, output);
                Write(output, report);
                if (report.IsWhole)
                {
                    return ExitCode.Done;
                }

                environment.Output.Write(
                    output.IsJson ? "" : $"Run 'raft log repair' to see what is lost, and to move it aside.{Environment.NewLine}");
                return ExitCode.Failed;
            },
        }.Build();
    }

    private static LogReport Checked(string directory, LocalRun output)
    {
        using var progress = new ProgressLine(output.Environment, "checks", TimeProvider.System);
        return LogVerify.Check(directory, progress.Show, output.Interrupted);
    }

    public static void Write(VerbOutput output, LogReport report)
    {
        Line($"{report.Directory}: {report.Segments} segments, {report.Records} records, {report.Snapshots} snapshots");
        output.WriteRows(
            "store",
            report.Stores,
            [
                new("GROUP", "group", store => store.Owner.Group),
                new("PROCESS", "process", store => store.Owner.Name.Value),
                new("INCARNATION", "incarnation", store => store.Incarnation.Value, store => store.Incarnation),
                new("", "groupIdentity", store => store.HardState.Group.Value),
                new("TERM", "term", store => store.HardState.Term.Value),
                new("ENTRIES", "", store => $"{store.Base.Index.Next}..{store.Last.Index}"),
                new("", "base", store => store.Base.Index.Value),
                new("", "lastIndex", store => store.Last.Index.Value),
                new("LAST TERM", "lastTerm", store => store.Last.Term.Value),
                new("SERIAL", "lastSerial", store => store.Last.Serial.Value),
                new(
                    "SNAPSHOT",
                    "snapshot",
                    store => store.LatestSnapshot?.Value,
                    store => store.LatestSnapshot is { } index ? $"up to {index}" : "none"),
                new("STATE", "state", store => store.IsWhole ? "whole" : "damaged"),
            ]);
        foreach (var note in report.Notes)
        {
            Line(note);
        }

        foreach (var (place, owner, behind) in report.Damages)
        {
            output.Write(
                "damage",
                $"Damaged, {(owner is { } one ? $"{one}" : "the whole log")}: {place.File} at {place.Offset}: {place.What}"
                + (place.Checksum is var (expected, found) ? $" (checksum {expected:x8} expected, {found:x8} found)" : "")
                + (behind > 0 ? $"; {behind} entries come after it." : "."),
                ("group", owner?.Group),
                ("process", owner?.Name.Value),
                ("file", place.File),
                ("offset", place.Offset),
                ("index", place.Index?.Value),
                ("expected", place.Checksum?.Expected.ToString("x8")),
                ("found", place.Checksum?.Found.ToString("x8")),
                ("what", place.What),
                ("behind", behind));
        }

        output.Write(
            "log",
            !report.IsWhole ? null
            : report.TornBytes > 0
            ? $"Whole, with a torn end of {report.TornBytes} bytes. It was never acknowledged, and the next start cuts it off."
            : "Whole.",
            ("directory", report.Directory),
            ("state", !report.IsWhole ? "damaged" : report.TornBytes > 0 ? "torn" : "whole"),
            ("segments", report.Segments),
            ("records", report.Records),
            ("snapshots", report.Snapshots),
            ("tornBytes", report.TornBytes));

        void Line(string text) => output.Environment.Output.Write(output.IsJson ? "" : $"{text}{Environment.NewLine}");
    }
}
