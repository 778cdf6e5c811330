using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>Rounds of one fault each. A round lasts until all nodes are ready and each key is written again.</summary>
internal static class FaultTrials
{
    // Longer than an election takes.
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Jumped = TimeSpan.FromSeconds(4);

    /// <summary>Kills the node that leads the most groups, and restarts it when all keys are written again.</summary>
    public static Task<string> KillLeader(TrialScope trial) => Rounds(trial, 30, async (cluster, _, leader) =>
    {
        var killed = Stopwatch.GetTimestamp();
        leader.Process.Kill();
        await cluster.Served(killed);
        cluster.Start(leader);
        return "leader killed";
    });

    /// <summary>Kills all nodes at once, and restarts them.</summary>
    public static Task<string> KillAll(TrialScope trial) => Rounds(trial, 15, (cluster, _, _) =>
    {
        foreach (var node in cluster.Nodes)
        {
            node.Process.Kill();
        }

        foreach (var node in cluster.Nodes)
        {
            cluster.Start(node);
        }

        return Task.FromResult("all killed");
    });

    /// <summary>Stops the node that leads the most groups with SIGSTOP. It goes on when others lead.</summary>
    public static Task<string> Freeze(TrialScope trial) => Rounds(trial, 20, async (_, _, leader) =>
    {
        leader.Process.Send(Signal.Stop);
        await Task.Delay(Frozen);
        leader.Process.Send(Signal.Continue);
        return "leader frozen";
    });

    /// <summary>Restarts one node after the other with SIGTERM, as an upgrade does.</summary>
    public static async Task<string> Rolling(TrialScope trial)
    {
        List<TimeSpan> stops = [];
        var found = await Rounds(trial, 30, async (cluster, round, _) =>
        {
            var node = cluster.Nodes[round % cluster.Nodes.Count];
            stops.Add(await node.Stop());
            cluster.Start(node);
            return "restarted";
        });
        return $"{found}; a stop took {Gaps.Summary(stops)}";
    }

    /// <summary>
    /// Cuts off, in turn: the leader; the leader's messages; the messages to the leader; another node. The clients reach all nodes.
    /// </summary>
    public static async Task<string> Partition(TrialScope trial)
    {
        var (cluster, network) = await Cluster.OnNetwork(trial, 3);
        await cluster.StartAll();
        return await Rounds(cluster, trial.Rounds(24), async (_, round, node) =>
        {
            var leader = node.Number;
            int[] others = [.. cluster.Nodes.Select(each => each.Number).Where(number => number != leader)];
            var (rules, what) = (round % 4) switch
            {
                0 => (Rules.Split([leader], others), "leader cut off"),
                1 => (new Rules([.. others.Select(other => (leader, other))]), "one direction"),
                2 => (new Rules([.. others.Select(other => (other, leader))]), "one direction"),
                _ => (Rules.Split([others[0]], [leader, others[1]]), "another node"),
            };
            network.Rule(rules);
            await Task.Delay(Cut);
            network.Rule(new());
            return what;
        });
    }

    /// <summary>The wall clock of the leader jumps or runs fast, then that of another node, and so on.</summary>
    public static async Task<string> Clock(TrialScope trial)
    {
        var cluster = Cluster.On(trial, 3);
        var clocks = cluster.Nodes.ToDictionary(
            node => node, node => trial.Own(new WallClock(Path.Combine(trial.Work, $"clock{node.Number}"))));
        await cluster.StartAll(node => clocks[node].Environment);
        return await Rounds(cluster, trial.Rounds(24), async (_, round, leader) =>
        {
            var node = InTurn(cluster, round, leader);
            var (by, rate) = WallClock.Jumps[round / 2 % WallClock.Jumps.Count];
            clocks[node].Set(by, rate);
            await Task.Delay(Jumped);
            var ahead = (await cluster.TimeOf(node) - DateTimeOffset.UtcNow).TotalSeconds;
            return (rate > 1 ? ahead < 60 : Math.Abs(ahead - by.TotalSeconds) > 30)
                ? throw new TrialFailure(
                    $"the clock of {node.Name} is {ahead:0} s ahead, and was set to {by} and {rate} times as fast: it has not jumped")
                : "clock set";
        });
    }

    /// <param name="fault">
    /// Makes the fault of a round, and ends it. It gets the number of the round, from 0, and the node that leads the most groups, and
    /// returns the name of the fault.
    /// </param>
    /// <returns>The longest times of a key without a write, and the summary of the calls.</returns>
    private static async Task<string> Rounds(Cluster cluster, int rounds, Func<Cluster, int, KeyValueNode, Task<string>> fault)
    {
        List<(string Fault, TimeSpan Time)> downtimes = [];
        for (var round = 0; round < rounds; round++)
        {
            var leader = await cluster.Leader();
            var began = Stopwatch.GetTimestamp();
            var name = await fault(cluster, round, leader);
            await Task.WhenAll(cluster.Nodes.Select(cluster.Ready));
            await cluster.Served(Stopwatch.GetTimestamp());
            downtimes.Add((name, cluster.Downtime(began)));
        }

        var times = downtimes.GroupBy(each => each.Fault).Select(each => $"{each.Key}: {Gaps.Summary(each.Select(one => one.Time))}");
        return $"a key without a write, {string.Join("; ", times)}; {await cluster.Check()}";
    }

    private static async Task<string> Rounds(TrialScope trial, int usual, Func<Cluster, int, KeyValueNode, Task<string>> fault)
    {
        var cluster = Cluster.On(trial, 3);
        await cluster.StartAll();
        return await Rounds(cluster, trial.Rounds(usual), fault);
    }

    // The leader, then another node.
    private static KeyValueNode InTurn(Cluster cluster, int round, KeyValueNode leader) =>
        round % 2 == 0 ? leader : cluster.Nodes.First(other => other != leader);
}
