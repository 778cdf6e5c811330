namespace RaftActors.Benchmarks.Cluster;

/// <summary>Counters of one process of the cluster, or of all.</summary>
/// <param name="Paused">Time in which garbage collections stopped the process.</param>
/// <param name="Messages">Messages of RaftActors to other nodes, since <see cref="MessageCounter.Start"/>.</param>
/// <param name="Switches">Context switches of all threads, voluntary or not.</param>
internal readonly record struct NodeCounters(TimeSpan Cpu, long GarbageBytes, TimeSpan Paused, long Switches, long Messages)
{
    public static NodeCounters Now => new(
        Environment.CpuUsage.TotalTime,
        GC.GetTotalAllocatedBytes(precise: true), // Otherwise a short run may allocate nothing.
        GC.GetTotalPauseDuration(),
        ContextSwitches.Now,
        MessageCounter.Sent);

    public static NodeCounters operator -(NodeCounters left, NodeCounters right) => new(
        left.Cpu - right.Cpu,
        left.GarbageBytes - right.GarbageBytes,
        left.Paused - right.Paused,
        left.Switches - right.Switches,
        left.Messages - right.Messages);

    /// <summary>The cost of several processes. Their pauses are not added: the longest counts.</summary>
    public static NodeCounters Sum(IReadOnlyCollection<NodeCounters> nodes) => new(
        TimeSpan.FromTicks(nodes.Sum(node => node.Cpu.Ticks)),
        nodes.Sum(node => node.GarbageBytes),
        nodes.Max(node => node.Paused),
        nodes.Sum(node => node.Switches),
        nodes.Sum(node => node.Messages));

    /// <summary>Reads the text of <see cref="ToString"/>. The programs of peers write no messages.</summary>
    public static NodeCounters Parse(string text)
    {
        var numbers = text.Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return new NodeCounters(
            TimeSpan.FromTicks(numbers[0]), numbers[1], TimeSpan.FromTicks(numbers[2]), numbers[3], numbers.ElementAtOrDefault(4));
    }

    public override string ToString() => FormattableString.Invariant(
        $"{Cpu.Ticks} {GarbageBytes} {Paused.Ticks} {Switches} {Messages}");
}
