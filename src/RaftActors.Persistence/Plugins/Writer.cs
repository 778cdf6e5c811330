namespace RaftActors.Persistence.Plugins;

/// <summary>The writes of one incarnation of a persistent actor. Its owner uses it within <see cref="Turn"/> alone.</summary>
/// <param name="last">The number before its first event.</param>
internal sealed class Writer(long last)
{
    /// <summary>One write is under way at a time, because each names the number of the one before.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>
    /// The highest sequence number that this writer knows to be in the journal. Rejected events have higher ones, so there may be holes.
    /// </summary>
    public long Last { get; set; } = last;

    /// <summary>The group has accepted a write of it.</summary>
    public bool HasWritten { get; set; }

    /// <summary>
    /// Why it must not write any more. The journal may lack an event that Akka.NET has numbered, so a later one would follow a hole. Null:
    /// it may write.
    /// </summary>
    public Exception? Fault { get; set; }
}
