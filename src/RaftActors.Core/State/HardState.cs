using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>The state besides the log that must be durable (Figure 2): the term, the vote, and the boots of other processes.</summary>
/// <param name="Recorded">Ordered by name. The first record of a name is that of the first incarnation that was met under it.</param>
internal sealed record HardState(Term Term, Member? VotedFor, ImmutableArray<PeerRecord> Recorded)
{
    /// <summary>
    /// This incarnation may vote, because a majority of the other founders has recorded it as the first of its name, or a committed
    /// configuration holds it. The right is durable, because after a restart those founders may be gone.
    /// </summary>
    public bool IsAdmitted { get; init; }

    /// <summary>
    /// The group whose founding this process knows to be committed, or <see cref="GroupUid.None"/>. It never changes, and messages of
    /// another group are refused.
    /// </summary>
    public GroupUid Group { get; init; }

    /// <summary>The latest start of this process. Core raises it at each start.</summary>
    public Boot Boot { get; init; }

    /// <summary>
    /// The founding roster by name, so that before the founding a process starts with no other one. It is empty in the store of a joining
    /// process.
    /// </summary>
    public ImmutableArray<ProcessName> Roster { get; init; } = [];

    /// <summary>
    /// The longest promise that a leader may still rely on (<see cref="CoreOptions.Promise"/>), or 0. A start keeps it first, even if its
    /// own settings differ.
    /// </summary>
    public long Promise { get; init; }

    /// <summary>Why this process is fenced, or null.</summary>
    public Fence? Fence { get; init; }

    /// <summary>The first incarnation recorded for a name, or none.</summary>
    internal Incarnation FirstOf(ProcessName name)
    {
        foreach (var record in Recorded)
        {
            if (record.Member.Name == name)
            {
                return record.Member.Incarnation;
            }
        }

        return Incarnation.None;
    }

    /// <summary>The latest start recorded for a member, or null.</summary>
    internal Boot? LatestBootOf(Member member)
    {
        foreach (var record in Recorded)
        {
            if (record.Member == member)
            {
                return record.Boot;
            }
        }

        return null;
    }
}

/// <summary>An incarnation that was met, and the latest of its boots that was heard of.</summary>
internal readonly record struct PeerRecord(Member Member, Boot Boot)
{
    public override string ToString() => $"{Member}";
}

/// <summary>Why a process is excluded from its group until it restarts with an empty store.</summary>
/// <param name="Reason">The reason that other processes are told: diverged, or a restored disk.</param>
/// <param name="Serial">The first serial that differs, or 0 if no log differs.</param>
internal sealed record Fence(RefusalReason Reason, Serial Serial)
{
    /// <summary>The store is an old copy, or its disk lost synced writes, so votes and entries are forgotten.</summary>
    public static Fence RestoredDisk { get; } = new(RefusalReason.RestoredDisk, Serial.Zero);

    /// <summary>A majority has another log than this process.</summary>
    public static Fence Diverged(Serial from) => new(RefusalReason.Diverged, from);

    public override string ToString() => Reason == RefusalReason.Diverged
        ? $"a majority has another log from serial {Serial} on"
        : "its store is an old copy or has lost synced writes, so it has forgotten votes or entries";
}
