using RaftActors.Storage;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log forget</c>.</summary>
internal static class ForgetCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var group = new Argument<string>("group") { Description = "The group whose store on this node is to be empty." };
        var data = SharedOptions.Data();
        var process = SharedOptions.Process();
        process.Description = "The process, if the directory has several of the group: raft1@node1@localhost.";
        var shared = SharedOptions.AllowSharedDirectory();
        var yes = SharedOptions.Yes();
        return new LocalVerb(environment, "forget")
        {
            What = """
                Takes the store of one group out of the directory of a stopped node, with its log and its snapshots. Use it when one group
                is fenced, diverged or contradicts itself. The stores of the node's other groups stay unchanged.

                The node's vote in the group is forgotten too, so do this only while a majority of the group runs without the node: the
                others have all acknowledged entries. At its next start the process rejoins with a new incarnation, receives everything from
                the others, and votes again when it has caught up. With raft.quorum.keep = off, remove it and add it again.

                Snapshots are deleted, and the entries when the node has written some more segments. There is no way back: if you are not
                sure, copy the directory first. Fails if a process uses the directory. A run that is killed leaves the store whole or
                forgotten.
                """,
            Ends = new("forgotten", "nothing was changed: it failed, or was not confirmed"),
            Examples = ["log forget orders --data /var/lib/raft"],
            Own = [group, data, process, shared, yes],
            Run = (parsed, output) =>
            {
                var isSure = parsed.GetValue(yes);
                var forgotten = StoreTools.Forget(
                    parsed.GetValue(data)!,
                    parsed.GetValue(group)!,
                    parsed.GetValue(process),
                    report => IsConfirmed(output, report.Stores[0], isSure),
                    parsed.GetValue(shared));
                return forgotten is { Stores: [var store] }
                    ? Say(output, $"Done. {VerifyCommand.OwnerOf(store)} has no store in this directory any more. Start the node.")
                    : ExitCode.Failed;
            },
        }.Build();
    }

    private static bool IsConfirmed(LocalRun output, StoreItem store, bool isSure)
    {
        Say(
            output,
            $"{VerifyCommand.OwnerOf(store)} will start empty: it forgets its snapshots, the entries up to {store.Index}, and its vote. "
            + "Continue only if a majority of the group runs without it: it rejoins at its next start.");
        var question = $"Type the name of the group ({store.Group}) to continue: ";

        // Justification: a store has a group.
        var isConfirmed = isSure || output.Environment.IsConfirmed(question, store.Group!, output.Interrupted);
        output.Interrupted.ThrowIfCancellationRequested();
        return isConfirmed;
    }

    private static int Say(VerbOutput output, string text) => output.Write("forget", text, ("text", text));
}
