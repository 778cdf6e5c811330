namespace RaftActors.Cli.Plan;

/// <summary>The least, the mean and the most of a figure of all nodes.</summary>
internal readonly record struct Spread(int Least, double Mean, int Most)
{
    public static Spread Of(int[] counts) => new(counts.Min(), counts.Average(), counts.Max());
}

/// <summary>The figures of many groups on many nodes, and those of the loss of the node that leads the most groups.</summary>
internal sealed record LayoutForecast
{
    /// <summary>
    /// Bytes of one member of a quiescent group: its actor, its engine, its log of a few entries. <c>groups</c> of RaftActors.Benchmarks
    /// measures half of it as resident memory after a collection. The other half is for garbage between two collections.
    /// </summary>
    public const double MemberBytes = 100e3;

    /// <summary>Bytes of a node with one group: a <c>raft</c> server had 92 MB resident.</summary>
    public const double NodeBytes = 90e6;

    public required int Groups { get; init; }

    public required int Nodes { get; init; }

    public required Spread Members { get; init; }

    public required Spread Leaders { get; init; }

    /// <summary>Bytes of the node with the most members: the state of each, and what each needs without a state.</summary>
    public required double MemoryMost { get; init; }

    /// <summary>The same when each log has its length between two snapshots.</summary>
    public required double MemoryWithLogs { get; init; }

    /// <summary>Heartbeats and replies a second in all, while all groups are awake, and those that the busiest node sends.</summary>
    public required double AwakeMessages { get; init; }

    public required double AwakeMessagesOfNode { get; init; }

    public required double AwakeBytes { get; init; }

    /// <summary>The same while all groups are quiescent.</summary>
    public required double QuietMessages { get; init; }

    public required double QuietMessagesOfNode { get; init; }

    public required double QuietBytes { get; init; }

    /// <summary>The lost node.</summary>
    public required string Lost { get; init; }

    /// <summary>Groups that elect a leader.</summary>
    public required int Elections { get; init; }

    /// <summary>Messages of these elections.</summary>
    public required int ElectionMessages { get; init; }

    /// <summary>
    /// The time in which a group is led again, if no vote is split. A quiescent one is among the first: its nodes notice the silence after
    /// the shortest election timeout, at their next heartbeat.
    /// </summary>
    public required (TimeSpan Least, TimeSpan Most) Failover { get; init; }

    /// <summary>Leaders on the others afterwards.</summary>
    public required Spread LeadersAfter { get; init; }

    /// <summary>Groups with a member to replace.</summary>
    public required int Moves { get; init; }

    /// <summary>Those of them for which no node is left that has no member.</summary>
    public required int MovesWithoutTarget { get; init; }

    /// <summary>The most new members of one node, and the nodes that get any.</summary>
    public required int MovesMost { get; init; }

    public required int MoveTargets { get; init; }

    /// <summary>Bytes of all states that are sent to the new members.</summary>
    public required double MovedBytes { get; init; }

    /// <summary>The time until the busiest node has received its new members.</summary>
    public required TimeSpan MoveTime { get; init; }

    /// <param name="workload">One of the groups.</param>
    public static LayoutForecast Predict(GroupLayout layout, Workload workload, ulong seed)
    {
        var group = CapacityModel.Predict(workload);
        var (members, leaders) = (layout.MembersByNode(), layout.LeadersByNode());
        var beat = 1 / workload.Heartbeat.TotalSeconds;
        var pairs = layout.WatchingPairs();
        var lost = Array.IndexOf(leaders, leaders.Max());
        var after = layout.LeadersByNode(lost);
        var moves = layout.MovesFrom(lost, seed);
        var targets = moves.Where(move => move.Target >= 0).GroupBy(move => move.Target).Select(moved => moved.Count()).ToArray();
        var most = targets.DefaultIfEmpty(0).Max();

        // A leader sends a heartbeat to each other member of its group, and each other member a reply.
        var sent = leaders.Zip(members, (led, all) => ((double)led * workload.Others) + (all - led)).Max() * beat;
        var awake = (double)layout.Groups * workload.Others * beat;
        var rate = Math.Min(workload.Bandwidth, workload.DiskRate);
        return new LayoutForecast
        {
            Groups = layout.Groups,
            Nodes = layout.Nodes,
            Members = Spread.Of(members),
            Leaders = Spread.Of(leaders),
            MemoryMost = NodeBytes + (members.Max() * (MemberBytes + workload.StateBytes)),
            MemoryWithLogs = NodeBytes + (members.Max() * (MemberBytes + group.Memory)),
            AwakeMessages = 2 * awake,
            AwakeMessagesOfNode = sent,
            AwakeBytes = awake * (Overheads.MessageBytes + Overheads.ReplyBytes),
            QuietMessages = 2 * pairs * beat,
            QuietMessagesOfNode = layout.WatchedBy().Max() * beat,
            QuietBytes = 2 * pairs * beat * Overheads.BeatBytes,
            Lost = GroupLayout.NameOf(lost),
            Elections = leaders[lost],
            ElectionMessages = leaders[lost] * MessagesOfElection(workload.Members),
            Failover = (workload.ElectionMin, workload.ElectionMax),
            LeadersAfter = Spread.Of([.. after.Where((_, node) => node != lost)]),
            Moves = moves.Count,
            MovesWithoutTarget = moves.Count(move => move.Target < 0),
            MovesMost = most,
            MoveTargets = targets.Length,
            MovedBytes = moves.Count(move => move.Target >= 0) * (double)workload.StateBytes,
            MoveTime = TimeSpan.FromSeconds(most * workload.StateBytes / rate),
        };
    }

    /// <summary>Pre-votes and votes of an election: a message to every other member, and an answer of each one that is not lost.</summary>
    public static int VotesOfElection(int members) => members < 2 ? 0 : 2 * (members - 1 + members - 2);

    // The first entry of the new leader goes to every other member, and each one that is not lost answers and hears of the commit.
    private static int MessagesOfElection(int members) =>
        members < 2 ? 0 : VotesOfElection(members) + members - 1 + (2 * (members - 2));
}
