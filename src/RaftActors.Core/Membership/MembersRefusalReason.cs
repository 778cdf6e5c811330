namespace RaftActors.Core;

/// <summary>Why a change of members was not made.</summary>
public enum MembersRefusalReason
{
    /// <summary>This process does not lead.</summary>
    NotLeader,

    /// <summary>Another change, or the leader's first entry, is not committed yet. Ask again soon.</summary>
    UnderWay,

    /// <summary>The configuration that the change was computed from is no longer the latest.</summary>
    Outdated,

    /// <summary>A process that would vote is not heard, or may not vote yet. Ask again when it is.</summary>
    NotResponsive,

    /// <summary>The change makes no sense: the detail says why.</summary>
    Invalid,
}
