namespace RaftActors.Simulator.Coordination;

/// <summary>Counts of one seed or of many.</summary>
internal sealed class CoordinationTotals
{
    public long Seeds { get; set; }

    public long Events { get; set; }

    public long Commits { get; set; }

    /// <summary>Claims that were granted a permit.</summary>
    public long Grants { get; set; }

    /// <summary>Sessions and items that expired.</summary>
    public long Expiries { get; set; }

    public long LeaderChanges { get; set; }

    public long Pauses { get; set; }

    public long Crashes { get; set; }

    /// <summary>Commands of a session that an intruder appended.</summary>
    public long Intrusions { get; set; }

    /// <summary>Commands of an operator.</summary>
    public long Orders { get; set; }

    /// <summary>The clusters that nodes formed, one after the other.</summary>
    public long Clusters { get; set; }

    /// <summary>Nodes that downed themselves, because they had no claim to a cluster.</summary>
    public long Downed { get; set; }

    public void Add(CoordinationTotals other)
    {
        Seeds += other.Seeds;
        Events += other.Events;
        Commits += other.Commits;
        Grants += other.Grants;
        Expiries += other.Expiries;
        LeaderChanges += other.LeaderChanges;
        Pauses += other.Pauses;
        Crashes += other.Crashes;
        Intrusions += other.Intrusions;
        Orders += other.Orders;
        Clusters += other.Clusters;
        Downed += other.Downed;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Seeds} seeds, {Events} events, {Commits} commits, {Grants} grants, {Expiries} sessions and items expired, "
        + $"{LeaderChanges} changes of the leader, {Pauses} pauses, {Crashes} crashes of programs, {Intrusions} intrusions, "
        + $"{Orders} orders of operators, {Clusters} clusters, {Downed} nodes downed";
}
