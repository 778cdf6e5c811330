using RaftActors.Storage;

namespace RaftActors.Cli.Offline;

internal static class RecoverCommand
{
    // States of a store.
    private const string Recovered = "recovered";
    private const string Refused = "refused";

    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        var group = new Option<string>("--group") { Description = "The group that lost its majority.", HelpName = "name" };
        var process = SharedOptions.Process();
        process.Description = "The survivor whose store is in this directory: raft1@node1@localhost.";
        var members = new Option<ProcessName[]>("--members")
        {
            Description = "All survivors, this one included, separated by commas. Give the same list on each.",
            HelpName = "names",
            CustomParser = SharedOptions.ParseNames,
        };
        var all = new Option<bool>("--all") { Description = "All groups of the directory, with the survivors on --nodes." };
        var nodes = new Option<string[]>("--nodes")
        {
            Description = "With --all: the nodes that survive, this one included, separated by commas. Give the same list on each.",
            HelpName = "names",
            CustomParser = result => SharedOptions.ListOf(result.Tokens[0].Value),
        };
        var shared = SharedOptions.AllowSharedDirectory();
        var yes = SharedOptions.Yes();
        return new LocalVerb(environment, "recover")
        {
            What = """
                Lets the survivors of a group continue without a majority of its voters. It is the last resort, for a majority that is lost
                for ever with its disks. If a lost process can still be started, start it instead.

                Steps: stop all survivors. Run this command on each, with the same --nodes or --members. It prints the new group identity,
                which must be the same on all survivors. Start them all. The first leader needs the vote of every survivor, so the survivor
                with the longest log leads. A new process joins by 'raft members add', also one with the name of a lost process: it starts
                with an empty store and raft.joining = on, or as a server with a -c that does not name it.

                Possible losses: acknowledged entries that only the lost logs had are gone. Unacknowledged entries in a survivor's log may
                become committed. Never run this because a network is cut: two recovered halves become two groups, and both accept writes.

                Effects: in this store every configuration is replaced by one in which the survivors vote, with a new group identity. The
                group then refuses a lost process that restarts with its old store. Entries, terms and votes stay. The old files are kept in
                DIR/before-recover-N. Other stores in the directory stay unchanged.

                With --all, one run on each node recovers every group of the directory that has lost its majority. Its survivors are its
                members on --nodes. A group with a majority on these nodes stays unchanged, and so does one that cannot be recovered, whose
                reason is printed. If the run fails while it writes, run it again: it completes what it began.
                """,
            Ends = new("every group is recovered or needs no recovery", "a group is left, or nothing was confirmed"),
            Examples =
            [
                "recover --data /var/lib/raft --all --nodes a,b",
                "recover --data /var/lib/raft --group ledger --process raft1@a --members raft1@a,raft2@b",
            ],
            Own = [data, all, nodes, group, process, members, shared, yes],
            Json = null,
            Run = (parsed, run) =>
            {
                var (isAll, named) = (parsed.GetValue(all), parsed.GetValue(nodes) ?? []);
                var (ofGroup, ofProcess, survivors) = (parsed.GetValue(group), parsed.GetValue(process), parsed.GetValue(members) ?? []);
                bool[] single = [ofGroup is not null, ofProcess is not null, survivors.Length > 0];
                if (isAll != (named.Length > 0) || single.Any(isGiven => isGiven == isAll))
                {
                    throw new UsageException("give --group, --process and --members for one group, or --all and --nodes for all groups");
                }

                var (directory, isSharedAllowed) = (parsed.GetValue(data)!, parsed.GetValue(shared));
                bool Confirm(StoreReport plan) => IsConfirmed(run, plan, isAll, isSure: parsed.GetValue(yes));
                var report = isAll
                    ? StoreTools.RecoverAll(directory, named, Confirm, isSharedAllowed, run.Interrupted)
                    : StoreTools.Recover(
                        directory, ofGroup!, ofProcess!.Value, survivors, Confirm, isSharedAllowed, run.Interrupted);
                return Ended(run, report);
            },
        }.Build();
    }

    private static int Ended(LocalRun run, StoreReport? report)
    {
        if (report is null)
        {
            return ExitCode.Failed;
        }

        if (report.KeptFolder is null)
        {
            Show(run, report);
        }

        run.Environment.Output.WriteLine(report.KeptFolder is { } kept
            ? $"Done. The old files are in {kept}."
            : "There is nothing to recover.");
        return report.Stores.Any(store => store.State == Refused) ? ExitCode.Failed : ExitCode.Done;
    }

    private static bool IsConfirmed(LocalRun run, StoreReport plan, bool isAll, bool isSure)
    {
        Show(run, plan);
        var (output, due) = (run.Environment.Output, plan.Stores.Where(store => store.State == Recovered).ToList());
        output.WriteLine("Acknowledged entries that are in no survivor's log are lost. Unacknowledged entries may become committed.");
        output.WriteLine("Each survivor must show the same new group identity. Never recover because a network is cut.");
        var (question, answer) = isAll
            ? ($"Type 'recover' to recover {due.Count} stores: ", "recover")
            : ($"Type the name of the group ({due[0].Group}) to recover it: ", due[0].Group!); // Justification: a store has one.
        return isSure || run.Environment.IsConfirmed(question, answer, run.Interrupted);
    }

    private static void Show(LocalRun run, StoreReport report)
    {
        var output = run.Environment.Output;
        foreach (var note in report.Notes)
        {
            output.WriteLine(note);
        }

        foreach (var store in report.Stores)
        {
            var owner = VerifyCommand.OwnerOf(store);
            output.WriteLine(store.State switch
            {
                Recovered => $"{owner}:{Environment.NewLine}{store.Detail}",
                Refused => $"{owner} is not recovered. {store.Detail}",
                _ => $"{owner} stays unchanged: {store.Detail}.",
            });
        }
    }
}
