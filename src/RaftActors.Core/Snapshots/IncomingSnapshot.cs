using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// What a process has got of a snapshot that is coming in. Another leader, or another place in the log, is another transfer: pieces of two
/// are never put together. The sessions are gathered here; the state, which comes after them, goes to the disk.
/// </summary>
internal sealed class IncomingSnapshot(Member leader, Snapshot snapshot, int sessionCount)
{
    private readonly Queue<(Ticket Ticket, long End)> _writes = [];
    private readonly List<SessionState> _sessions = [];

    /// <summary>Who sends it.</summary>
    public Member Leader { get; } = leader;

    /// <summary>What it is; without sessions until <see cref="HasSessions"/>.</summary>
    public Snapshot Snapshot { get; private set; } = snapshot;

    /// <summary>All sessions are there, and so the whole description.</summary>
    public bool HasSessions => Received >= sessionCount;

    /// <summary>The place up to which it came in without a hole. The state is given to the disk at once.</summary>
    public long Received { get; private set; }

    /// <summary>The place up to which nothing need be sent again unless this process crashes: of the state that is on disk.</summary>
    public long Stored { get; private set; }

    /// <summary>Bytes of the state that came in.</summary>
    public long Offset => Received - sessionCount;

    /// <summary>Nothing is missing.</summary>
    public bool IsWhole => Offset == Snapshot.Length;

    /// <summary>The next of the sessions.</summary>
    public bool IsNext(ImmutableArray<SessionState> sessions, long place) =>
        place == Received && !sessions.IsEmpty && sessions.Length <= sessionCount - Received;

    /// <summary>The next bytes of the state, for which all sessions must be there.</summary>
    public bool IsNext(ReadOnlyMemory<byte> data, long place) =>
        place == Received && HasSessions && data.Length <= Snapshot.Length - Offset && (!data.IsEmpty || Snapshot.Length == 0);

    /// <summary>These need no disk: after a crash everything begins anew, the state as well.</summary>
    public void Add(ImmutableArray<SessionState> sessions)
    {
        _sessions.AddRange(sessions);
        Received += sessions.Length;
        Stored = Received;
        if (HasSessions)
        {
            Snapshot = Snapshot with { Sessions = [.. _sessions] };
        }
    }

    /// <summary>The next bytes of the state, being written under this ticket.</summary>
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
