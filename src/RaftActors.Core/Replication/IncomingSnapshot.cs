namespace RaftActors.Core;

/// <summary>
/// What a process has got of a snapshot that is coming in. Another leader, or another place in the log, is another transfer: pieces of two
/// are never put together.
/// </summary>
internal sealed class IncomingSnapshot(Member leader, Snapshot snapshot)
{
    private readonly Queue<(Ticket Ticket, long End)> _writes = [];

    /// <summary>Who sends it.</summary>
    public Member Leader { get; } = leader;

    /// <summary>What it is.</summary>
    public Snapshot Snapshot { get; } = snapshot;

    /// <summary>Up to here it came in without a hole, and was given to the disk.</summary>
    public long Received { get; private set; }

    /// <summary>Up to here it is on disk.</summary>
    public long Stored { get; private set; }

    /// <summary>Nothing is missing.</summary>
    public bool IsWhole => Received == Snapshot.Length;

    /// <summary>The next piece, being written under this ticket.</summary>
    public void Add(int length, Ticket ticket)
    {
        Received += length;
        _writes.Enqueue((ticket, Received));
    }

    /// <summary>The writes up to this ticket are durable.</summary>
    public void Saved(Ticket ticket)
    {
        while (_writes.TryPeek(out var write) && write.Ticket <= ticket)
        {
            Stored = _writes.Dequeue().End;
        }
    }
}
