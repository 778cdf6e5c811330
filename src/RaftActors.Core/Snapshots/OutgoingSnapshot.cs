using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// What a leader knows about one transfer of a snapshot: first its sessions, then its state, which are one sequence of places. A few pieces
/// are under way at a time; what was lost among them is found out at the pace of heartbeats, and all is sent again from where the receiver
/// says that it is.
/// </summary>
internal sealed class OutgoingSnapshot(Snapshot snapshot, long now)
{
    /// <summary>Pieces under way at a time.</summary>
    private const int Window = 4;

    /// <summary>Where the pieces under way end.</summary>
    private readonly Queue<long> _ends = [];

    private bool _hasMoved = true;
    private int _window = Window;
    private long _sent;

    /// <summary>Which one. It stays the same to the end of the transfer: who begins anew with each newer one never ends.</summary>
    public Snapshot Snapshot { get; } = snapshot;

    /// <summary>What each piece says of it.</summary>
    public Snapshot Description { get; } = snapshot with { Sessions = [] };

    /// <summary>The receiver has it up to this place, the state on disk.</summary>
    public long Stored { get; private set; }

    /// <summary>The tick at which something arrived last; that of the beginning at first.</summary>
    public long MovedAt { get; private set; } = now;

    /// <summary>Nothing is missing; it is being installed.</summary>
    public bool IsStored => Stored == End;

    private int SessionCount => Snapshot.Sessions.Length;

    private long End => SessionCount + Snapshot.Length;

    /// <summary>
    /// Takes the next piece of at most so many bytes, if one may go now: the sessions from a place on, or room for the bytes of the state
    /// from there on. A session is never taken apart.
    /// </summary>
    public (long Place, ImmutableArray<SessionState> Sessions)? TakeNext(int pieceBytes)
    {
        if (_sent == End || _ends.Count >= _window)
        {
            return null;
        }

        var place = _sent;
        ImmutableArray<SessionState> sessions = place < SessionCount ? SessionsFrom((int)place, pieceBytes) : [];
        _sent = sessions.IsEmpty ? Math.Min(End, place + pieceBytes) : place + sessions.Length;
        _ends.Enqueue(_sent);
        return (place, sessions);
    }

    /// <summary>The receiver has it up to there. Less than before means that it began anew.</summary>
    public void Answer(long stored, long now)
    {
        stored = Math.Clamp(stored, 0, End);
        if (stored > Stored)
        {
            (_hasMoved, _window, MovedAt) = (true, Window, now);
        }

        if (stored < Stored)
        {
            SendAgainFrom(stored);
        }

        _sent = Math.Max(_sent, stored);
        Stored = stored;
        while (_ends.TryPeek(out var end) && end <= stored)
        {
            _ends.Dequeue();
        }
    }

    /// <summary>
    /// Called at each heartbeat of a receiver that is heard: if nothing has arrived since the last one, what was sent seems lost. It may
    /// be a slow disk too, so one piece must do until there is an answer.
    /// </summary>
    public void SendAgainIfLost()
    {
        if (!_hasMoved)
        {
            SendAgainFrom(Stored);
            _window = 1;
        }

        _hasMoved = false;
    }

    private void SendAgainFrom(long place)
    {
        _sent = place;
        _ends.Clear();
    }

    private ImmutableArray<SessionState> SessionsFrom(int first, int pieceBytes)
    {
        var (end, size) = (first + 1, (long)Snapshot.Sessions[first].SizeMax());
        while (end < SessionCount && (size += Snapshot.Sessions[end].SizeMax()) <= pieceBytes)
        {
            end++;
        }

        return Snapshot.Sessions.Slice(first, end - first);
    }
}
