namespace RaftActors.Core;

/// <summary>How a leader deals with one other log. Exactly one of these holds, and it says what may be sent.</summary>
internal enum ProgressState
{
    /// <summary>Where the two logs agree is not known. The next message asks.</summary>
    Probing,

    /// <summary>As before; a message that asks is under way, and nothing but heartbeats is sent until an answer comes.</summary>
    Asked,

    /// <summary>The logs are known to agree. Entries are sent without waiting, as many as the window takes.</summary>
    Replicating,

    /// <summary>It needs entries that are not here any more, and is sent a snapshot instead (§7).</summary>
    SendingSnapshot,

    /// <summary>It said that it will not have our log; nothing is sent any more.</summary>
    Refused,
}
