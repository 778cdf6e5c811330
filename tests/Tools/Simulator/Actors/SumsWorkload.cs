using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Programs and actors add to sums and read them, with and without request keys, on groups of three to five nodes that take snapshots. An
/// operator moves the leadership, and lets members leave and join. At times all of them are silent, so that the group becomes quiescent.
/// By the seed, a node has an older program until it restarts, or the clients have a low bound of open Appends, or the state of a node
/// diverges and is rebuilt, or silent members are removed and come back by themselves, or some calls append a batch.
/// </summary>
internal static class SumsWorkload
{
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan FaultsLast = TimeSpan.FromSeconds(20);

    public const string ActorName = "sums";

    // Few entries are kept, so a process that lags gets a snapshot.
    private const string Settings =
        """
        raft {
          snapshot { after-entries = 12, retained-entries = 4 }
          quiescence { enabled = on, after = 500ms }
          client.attempt-timeout = 100ms
        }
        """;

    public static async Task AddAsync(SimulatedClient client, int count)
    {
        await using var sums = client.CreateClient<int, int>();
        for (var added = 0; added < count; added++)
        {
            await sums.AppendAsync("a", 1);
        }
    }

    // Other nodes would take the state of a diverged one from its snapshot, and the majority would have it then.
    private const string DivergedSettings = "raft.snapshot { after-entries = 100000, rebuild-diverged = on }";

    // Four nodes have a quorum of three, so one of them may be removed.
    private const string SelfJoiningSettings =
        "raft { joining = auto, quorum { gone-after = 2s, stable-after = 200ms, remove-after = 3s } }";

    private const int PendingMax = 3;
    private const int SkewedSerial = 20;

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        SumsCalls calls = new() { HasBatches = seed % 8 == 3 };
        var (isUpgraded, isBusy, isDiverged, joinsItself) = (seed % 8 == 1, seed % 16 == 3, seed % 8 == 5, seed % 16 == 11);
        Dictionary<string, int> starts = [];
        simulation.Config(Settings);
        if (isDiverged)
        {
            simulation.Config(DivergedSettings).AllowDiverged();
        }

        if (joinsItself)
        {
            simulation.Config(SelfJoiningSettings);
        }

        simulation
            .Nodes(isDiverged ? 3 : joinsItself ? 4 : 3 + (int)(seed % 3))
            .SetUp(raft => starts[raft.Node] = starts.GetValueOrDefault(raft.Node) + 1)
            .Actor(
                node => seed % 4 < 2
                    ? new Sums(calls, VersionOf(node), SkewedAt(node))
                    : new ValidatingSums(calls, VersionOf(node), SkewedAt(node)),
                ActorName)
            .Config($"raft.client.pending-max = {(isBusy ? PendingMax : 10_000)}")
            .For(FaultsLast)
            .Clients(4, client => client.Number == 0
                ? OperateAsync(client, !isUpgraded, joinsItself)
                : UseAsync(client, calls, isBusy ? PendingMax : int.MaxValue))
            .Eventually("all nodes have the same sums", view =>
                view.Actors<Sums>().Count() == view.Nodes
                && view.Actors<Sums>().All(actor => actor.Skew == view.Actor<Sums>(0)!.Skew)
                && view.Actors<Sums>().All(actor => actor.Added.SequenceEqual(view.Actor<Sums>(0)!.Added)))
            .Eventually("what callers were told to be committed is added", view => calls.AreAdded(view.Actor<Sums>(0)!.Added))
            .Eventually("callers were told the truth", view =>
            {
                calls.Check(view.Actor<Sums>(0)!.Added);
                return true;
            });

        int VersionOf(int node) => isUpgraded && (node > 0 || starts["n1"] > 1) ? 2 : 1;

        Serial? SkewedAt(int node) => isDiverged && node == 0 ? new Serial(SkewedSerial) : null;
    }

    // A member with an older program that has left could not join a group that has raised its version meanwhile.
    // A member that has left joins again before the next one leaves.
    public static async Task OperateAsync(SimulatedClient client, bool changesMembers = true, bool joinsItself = false)
    {
        await using var sums = client.CreateClient<int, int>();
        for (var count = 0; count < 6; count++)
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(3000)));
            if (client.Next(2) == 0 || !changesMembers)
            {
                await sums.TransferLeadershipAsync(timeout: ChangeTimeout);
                continue;
            }

            var name = NameOf(client.Next(3));
            await sums.LeaveAsync(name, timeout: ChangeTimeout);
            if (!joinsItself)
            {
                await JoinAsync(client, sums, name);
            }
        }

        if (joinsItself)
        {
            return;
        }

        // A member may still leave after its join was refused, if the answer to its leaving was lost or late.
        await client.Delay(FaultsLast + ChangeTimeout - client.Now);
        for (var node = 0; node < 3; node++)
        {
            await JoinAsync(client, sums, NameOf(node));
        }
    }

    private static ProcessName NameOf(int node) => new($"{ActorName}@n{node + 1}");

    private static async Task JoinAsync(SimulatedClient client, RaftClient<int, int> sums, ProcessName name)
    {
        Outcome<Membership> joined;
        do
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(1000)));
            joined = await sums.JoinAsync(name, timeout: ChangeTimeout);
        }
        while (joined.Failure is not (null or { Reason: FailureReason.Invalid }));
    }

    private static async Task UseAsync(SimulatedClient client, SumsCalls calls, int pendingMax)
    {
        calls.Now = () => client.Now;
        await using var sums = client.CreateClient<int, int>();
        await new SumsCaller(
            client,
            calls,
            (name, amount, timeout, key) => sums.AppendManyAsync(calls.PairsOf(name, amount), timeout, key),
            async name => (await sums.QueryAsync<int>(name)).Result,
            pendingMax).RunAsync();
    }
}
