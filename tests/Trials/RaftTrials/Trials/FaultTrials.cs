using RaftTrials.Clients;
using RaftTrials.Faults;

namespace RaftTrials.Trials;

/// <summary>Three processes have an actor with each <see cref="Fault"/>, and each process must report that the replicas differ.</summary>
internal static class FaultTrials
{
    private const int Nodes = 3;

    // Enough for a fault that shows by chance, and for a snapshot.
    private const int ManyPairs = 200;

    public static async Task<string> Find(Trial trial)
    {
        var (servers, _) = trial.Members(Nodes, [.. Fault.All.Select(fault => fault.Name)]);
        foreach (var server in servers)
        {
            server.Arguments = [.. server.Arguments, "--program", UserPrograms.Faulty];
            server.Start();
        }

        List<Fault> restored = [.. Fault.All.Where(fault => fault.InProcesses == Moment.Restore)];
        List<Fault> others = [.. Fault.All.Except(restored)];
        await Task.WhenAll(restored.Select(fault => Append(servers, fault, ManyPairs)));
        var restarted = servers[^1];
        await Poll.Until(() => SnapshotsOf(restarted) == restored.Count, () => $"{restarted.Id} has no snapshot of each group");
        await restarted.Stop();
        restarted.Start();

        // Two nodes have compared their digests of the others before this one can. It must be compared without another pair.
        await Task.WhenAll(
            [.. others.Select(fault => FindAtOnce(servers, fault)), .. restored.Select(fault => FindRestored(servers, fault))]);
        var certain = others.Count(fault => fault.InProcesses == Moment.FirstBad);
        return $"{Fault.All.Count} faults reported by all {Nodes} nodes: {certain} at the first bad pair, "
            + $"{others.Count - certain} by chance in {ManyPairs} pairs, {restored.Count} after the restart of a node with a snapshot";
    }

    // Pair 3 is the first bad one and the last one, so the digest of pairs 1 to 3 is the first that can differ.
    private static async Task FindAtOnce(IReadOnlyList<RaftServer> servers, Fault fault)
    {
        var isCertain = fault.InProcesses == Moment.FirstBad;
        var last = await Append(servers, fault, isCertain ? Faulty.FirstBad : ManyPairs);
        var found = await Reported(servers, fault);
        TrialFailure.Unless(
            found.Serials == new SerialRange(new Serial(1), new Serial(last))
                && (!isCertain || found.Sides.Length == (fault.Name is "culture" or "leader" ? 2 : Nodes)),
            $"the actors with the fault '{fault.Name}' have {last} pairs, and the nodes say: {found}");
    }

    private static async Task FindRestored(IReadOnlyList<RaftServer> servers, Fault fault)
    {
        var last = await Append(servers, fault, 1);
        var found = await Reported(servers, fault);
        TrialFailure.Unless(
            found is { HasMajority: true, Sides: [[_, _], [var wrong]] } && wrong.Node == servers[^1].NodeName
                && last - found.Serials.Last.Value is 0 or 1,
            $"{servers[^1].Id} has restored '{fault.Name}' before pair {last}, and the nodes say: {found}");
    }

    // Returns the last serial.
    private static async Task<long> Append(IReadOnlyList<RaftServer> servers, Fault fault, int pairs)
    {
        await using var connection = Connect(servers);
        var client = connection.CreateClient<string, string>(fault.Name);
        var outcomes = await Task.WhenAll(
            Enumerable.Range(1, pairs).Select(pair => client.AppendAsync("pair", $"{Guid.NewGuid()}", Guards.Request)));
        return outcomes.Max(outcome => outcome.OrThrow().Serial.Value);
    }

    // Waits until all nodes report the same difference between all of them.
    private static async Task<StateDivergence> Reported(IReadOnlyList<RaftServer> servers, Fault fault)
    {
        await using var connection = Connect(servers);
        var client = connection.CreateClient<string, string>(fault.Name);
        GroupStatus? status = null;
        return await Poll.Until(
            async () => (status = await client.StatusAsync()).Processes is { Length: Nodes } all
                && all.Select(one => one.DivergedAt).Distinct().ToList() is [{ } found] && found.Sides.Sum(side => side.Length) == Nodes
                    ? found
                    : null,
            () => $"the fault '{fault.Name}' is not reported: {status}");
    }

    private static RaftConnection Connect(IReadOnlyList<RaftServer> servers) => new([.. servers.Select(server => server.NodeName)]);

    // The number of groups that have a snapshot.
    private static int SnapshotsOf(RaftServer server) =>
        Directory.GetFiles(server.Data, "*.snap", SearchOption.AllDirectories).Select(Path.GetDirectoryName).Distinct().Count();
}
