using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The snapshot that a process receives. Pieces of another leader, or of another place in the log, belong to another transfer and are
/// never mixed. The sessions and keys are gathered in memory, and the state, which follows them, goes to the disk.
/// </summary>
internal sealed class IncomingSnapshot(Member leader, Snapshot snapshot, int sessionCount, int keyCount)
{
    private readonly Queue<(Ticket Ticket, long End)> _writes = [];
    private readonly List<SessionState> _sessions = [];
    private readonly List<CommittedKey> _keys = [];
    private long _requests;

    public Member Leader { get; } = leader;

    /// <summary>Its description, which lacks sessions and keys until all of them have come.</summary>
    public Snapshot Snapshot { get; private set; } = snapshot;

    public bool HasSessions => Received >= sessionCount;

    /// <summary>All sessions and keys have come, so the description is complete.</summary>
    public bool HasTables => Received >= sessionCount + keyCount;

    /// <summary>The place up to which it has come without a gap.</summary>
    public long Received { get; private set; }

    /// <summary>The place up to which it need not be sent again: all sessions and keys, and the durable part of the state.</summary>
    public long Stored { get; private set; }

    /// <summary>The bytes of the state that have come.</summary>
    public long Offset => Received - sessionCount - keyCount;

    public bool IsWhole => Offset == Snapshot.Length;

    /// <summary>Tells whether these are the next sessions.</summary>
    public bool IsNext(ImmutableArray<SessionState> sessions, long place) =>
        place == Received && !sessions.IsEmpty && sessions.Length <= sessionCount - Received
            && SessionState.RequestsOf(sessions) <= Core.Snapshot.MaxRequests - _requests;

    /// <summary>Tells whether these are the next keys, which follow all sessions.</summary>
    public bool IsNext(ImmutableArray<CommittedKey> keys, long place) =>
        place == Received && HasSessions && !keys.IsEmpty && keys.Length <= keyCount - _keys.Count;

    /// <summary>Tells whether these are the next bytes of the state, which follow all sessions and keys.</summary>
    public bool IsNext(ReadOnlyMemory<byte> data, long place) =>
        place == Received && HasTables && data.Length <= Snapshot.Length - Offset && (!data.IsEmpty || Snapshot.Length == 0);

    /// <summary>Adds the next sessions or keys. They need no disk, because after a crash the whole transfer begins again.</summary>
    /// <returns>False if the piece has neither.</returns>
    public bool TryAddTables(Message.SnapshotChunk piece)
    {
        var (sessions, keys) = (piece.Sessions, piece.Keys);
        if (IsNext(sessions, piece.Place))
        {
            _sessions.AddRange(sessions);
            _requests += SessionState.RequestsOf(sessions);
            Received += sessions.Length;
        }
        else if (IsNext(keys, piece.Place))
        {
            _keys.AddRange(keys);
            Received += keys.Length;
        }
        else
        {
            return false;
        }

        Stored = Received;
        if (HasTables)
        {
            Snapshot = Snapshot with { Sessions = [.. _sessions], Keys = Snapshot.Keys with { Keys = [.. _keys] } };
        }

        return true;
    }

    /// <summary>Adds bytes of the state, which are being written under this ticket.</summary>
    public void Add(int length, Ticket ticket)
    {
        Received += length;
        _writes.Enqueue((ticket, Received));
    }

    /// <summary>Notes that the writes up to this ticket are durable.</summary>
    public void Saved(Ticket ticket)
    {
        while (_writes.TryPeek(out var write) && write.Ticket <= ticket)
        {
            Stored = _writes.Dequeue().End;
            Invariant.That(Stored <= Received, "only received bytes are stored");
        }
    }
}
