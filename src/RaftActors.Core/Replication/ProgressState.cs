namespace RaftActors.Core;

/// <summary>The state of a leader towards one other process; it says what may be sent.</summary>
internal enum ProgressState
{
    /// <summary>It is not known where the two logs agree. The next message asks.</summary>
    Probing,

    /// <summary>A message that asks is outstanding. Only heartbeats are sent until a reply comes.</summary>
    Asked,

    /// <summary>The logs agree. Entries are sent without waiting, as many as the window takes.</summary>
    Replicating,

    /// <summary>It needs compacted entries, and is sent a snapshot (§7).</summary>
    SendingSnapshot,

    /// <summary>It refuses our log; nothing is sent.</summary>
    Refused,
}
