namespace RaftActors.Core;

/// <summary>Whether the group has work, as one process knows. Changed by <see cref="Quiescence"/>.</summary>
internal sealed class QuietState
{
    /// <summary>
    /// The process counts no ticks and sends nothing until an input wakes it. Invariant: its log is committed and durable up to the end.
    /// </summary>
    public bool IsQuiescent { get; set; }

    /// <summary>The tick of the last input that was work.</summary>
    public long BusyAt { get; set; }

    /// <summary>On a leader: its latest heartbeats asked the others to become quiescent.</summary>
    public bool IsAsking { get; set; }

    /// <summary>
    /// On a leader: those that became quiescent with everything up to the end of its log, and were sent nothing since that wakes them.
    /// <see cref="Replies"/> adds them, and <see cref="Replication"/> removes those to which it sends.
    /// </summary>
    public HashSet<Member> Agreed { get; } = [];
}
