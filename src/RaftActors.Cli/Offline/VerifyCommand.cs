using RaftActors.Storage;

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
                Write(output, parsed.GetValue(data)!, report);
                if (report.Damages.IsEmpty)
                {
                    return ExitCode.Done;
                }

                environment.Output.Write(
                    output.IsJson ? "" : $"Run 'raft log repair' to see what is lost, and to move it aside.{Environment.NewLine}");
                return ExitCode.Failed;
            },
        }.Build();
    }

    public static string OwnerOf(StoreItem item) => item.Process is { } process ? $"{process} of group {item.Group}" : "the whole log";

    public static bool IsDamaged(StoreItem item) => item.State == "damaged";

    public static void Write(VerbOutput output, string directory, StoreReport report)
    {
        foreach (var note in report.Notes)
        {
            output.Environment.Output.Write(output.IsJson ? "" : $"{note}{Environment.NewLine}");
        }

        output.WriteRows(
            "store",
            report.Stores,
            [
                new("GROUP", "group", store => store.Group),
                new("PROCESS", "process", store => store.Process?.Value),
                new("INCARNATION", "incarnation", store => store.Incarnation, store => $"{store.Incarnation:N}"),
                new("", "groupIdentity", store => store.GroupId),
                new("ENTRIES", "", store => store.BaseIndex is { } start ? $"{start + 1}..{store.Index}" : "unreadable"),
                new("", "base", store => store.BaseIndex),
                new("", "lastIndex", store => store.Index),
                new("LAST TERM", "lastTerm", store => store.Term),
                new("SERIAL", "lastSerial", store => store.Serial),
                new(
                    "SNAPSHOT",
                    "snapshot",
                    store => store.SnapshotIndex,
                    store => store.SnapshotIndex is { } index ? $"up to {index}" : "none"),
                new("STATE", "state", store => store.State),
            ]);
        foreach (var damage in report.Damages)
        {
            output.Write(
                "damage",
                $"Damaged, {OwnerOf(damage)}: {damage.File} at {damage.Offset}: {damage.Detail}.",
                ("group", damage.Group),
                ("process", damage.Process?.Value),
                ("file", damage.File),
                ("offset", damage.Offset),
                ("index", damage.Index),
                ("what", damage.Detail));
        }

        var (isWhole, torn) = (report.Damages.IsEmpty, report.TornBytes);
        output.Write(
            "log",
            !isWhole ? null
            : torn > 0 ? $"Whole, with a torn end of {torn} bytes. It was never acknowledged, and the next start cuts it off."
            : "Whole.",
            ("directory", Path.GetFullPath(directory)),
            ("state", !isWhole ? "damaged" : torn > 0 ? "torn" : "whole"),
            ("tornBytes", torn));
    }

    private static StoreReport Checked(string directory, LocalRun output)
    {
        using var progress = new ProgressLine(output.Environment, "checks", TimeProvider.System);
        return StoreTools.Verify(directory, progress, output.Interrupted);
    }
}
