using RaftActors.Storage;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log repair</c>.</summary>
internal static class RepairCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        var shared = SharedOptions.AllowSharedDirectory();
        var yes = SharedOptions.Yes();
        return new LocalVerb(environment, "repair")
        {
            What = """
                Moves damaged stores aside, so that their processes can start with empty stores and rejoin. First prints which stores will
                be lost in this directory. If only a minority of the group is damaged, the others have all acknowledged entries. If this is
                the last copy, do not continue: save the directory.

                If the damage belongs to one store, the other stores of the same log stay. If the owner of the damage is unreadable, the
                whole log is moved. Files are kept in DIR/damaged-N, never deleted. A torn end needs no repair: the next start cuts it off.

                Fails if a process uses the directory. Afterwards start the process as before. It rejoins by itself while a majority runs
                without it, and votes again when it has caught up. With raft.quorum.keep = off, remove it and add it again.
                """,
            Ends = new("repaired, or there is nothing to repair", "nothing was changed: it failed, or was not confirmed"),
            Examples = ["log repair --data /var/lib/raft"],
            Own = [data, shared, yes],
            Run = (parsed, output) => Repair(
                output, parsed.GetValue(data)!, isSharedAllowed: parsed.GetValue(shared), isSure: parsed.GetValue(yes)),
        }.Build();
    }

    private static int Repair(LocalRun output, string directory, bool isSharedAllowed, bool isSure)
    {
        using var progress = new ProgressLine(output.Environment, "checks", TimeProvider.System);
        var report = StoreTools.Repair(
            directory,
            found =>
            {
                progress.Dispose();
                VerifyCommand.Write(output, directory, found);
                foreach (var store in found.Stores.Where(VerifyCommand.IsDamaged))
                {
                    Say(output, $"{VerifyCommand.OwnerOf(store)} will start empty: its store is moved aside.");
                }

                return isSure || output.Environment.IsConfirmed("Type 'repair' to continue: ", "repair", output.Interrupted);
            },
            isSharedAllowed,
            progress,
            output.Interrupted);
        progress.Dispose();
        switch (report)
        {
            case null:
                return ExitCode.Failed;
            case { KeptFolder: { } kept }:
                return Say(output, $"Done. The damaged files are in {kept}.", kept);
            default:
                VerifyCommand.Write(output, directory, report);
                return Say(output, "There is nothing to repair.");
        }
    }

    private static int Say(VerbOutput output, string text, string? kept = null) =>
        output.Write("repair", text, ("text", text), ("kept", kept));
}
