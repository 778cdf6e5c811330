using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// One transfer of a snapshot, as its leader knows it. The sessions, the keys and the state are one sequence of places, and a few pieces
/// are outstanding at a time. If a piece seems lost at a heartbeat, everything from the receiver's place on is sent again.
/// </summary>
internal sealed class OutgoingSnapshot(Snapshot snapshot, long now)
{
    /// <summary>The outstanding pieces at a time.</summary>
    private const int Window = 4;

    /// <summary>The ends of the outstanding pieces.</summary>
    private readonly Queue<long> _ends = [];

    private bool _hasMoved = true;
    private int _window = Window;
    private long _sent;

    /// <summary>
    /// The snapshot. It stays the same to the end, because a transfer that began again with each newer one would never end.
    /// </summary>
    public Snapshot Snapshot { get; } = snapshot;

    /// <summary>The description that each piece carries.</summary>
    public Snapshot Description { get; } = snapshot with
    {
        Sessions = [],
        Keys = snapshot.Keys with { Keys = [] },
    };

    /// <summary>The place up to which the receiver has it, with the state on its disk.</summary>
    public long Stored { get; private set; }

    /// <summary>The tick of the last progress, or of the beginning.</summary>
    public long MovedAt { get; private set; } = now;

    /// <summary>Whether the receiver has everything and installs it.</summary>
    public bool IsStored => Stored == End;

    private int SessionCount => Snapshot.Sessions.Length;

    /// <summary>The place of the first byte of the state.</summary>
    public long StateStart => SessionCount + Snapshot.Keys.Keys.Length;

    private long End => StateStart + Snapshot.Length;

    /// <summary>
    /// Takes the next piece if the window allows one: sessions or keys from a place on, or the room for bytes of the state. A session is
    /// never split, even if it exceeds <paramref name="pieceBytes"/>.
    /// </summary>
    public (long Place, ImmutableArray<SessionState> Sessions, ImmutableArray<CommittedKey> Keys)? TakeNext(int pieceBytes)
    {
        if (_sent == End || _ends.Count >= _window)
        {
            return null;
        }

        var place = _sent;
        ImmutableArray<SessionState> sessions = place < SessionCount ? SessionsFrom((int)place, pieceBytes) : [];
        ImmutableArray<CommittedKey> keys = place >= SessionCount && place < StateStart ? KeysFrom((int)place, pieceBytes) : [];
        _sent = place >= StateStart ? Math.Min(End, place + pieceBytes) : place + sessions.Length + keys.Length;
        _ends.Enqueue(_sent);
        return (place, sessions, keys);
    }

    /// <summary>
    /// Takes the receiver's reply. A lower place than before comes from a late reply, or from a receiver that began anew. In both cases
    /// nothing is sent again before the next heartbeat. Otherwise each late reply would cause a window of pieces, and each piece another
    /// late reply.
    /// </summary>
    public void Answer(long stored, long now)
    {
        stored = Math.Clamp(stored, 0, End);
        if (stored > Stored)
        {
            (_hasMoved, _window, MovedAt) = (true, Window, now);
        }

        _sent = Math.Max(_sent, stored);
        Stored = stored;
        while (_ends.TryPeek(out var end) && end <= stored)
        {
            _ends.Dequeue();
        }
    }

    /// <summary>
    /// Resends at a heartbeat, if the receiver answers but nothing arrived since the last one, so that the pieces seem lost. The disk may
    /// just be slow, so one piece is sent until a reply comes.
    /// </summary>
    public void SendAgainIfLost()
    {
        if (!_hasMoved)
        {
            (_sent, _window) = (Stored, 1);
            _ends.Clear();
        }

        _hasMoved = false;
    }

    private ImmutableArray<CommittedKey> KeysFrom(int place, int pieceBytes)
    {
        var first = place - SessionCount;
        var count = Math.Max(1, pieceBytes / CommittedKey.SizeMax);
        return Snapshot.Keys.Keys.Slice(first, Math.Min(count, Snapshot.Keys.Keys.Length - first));
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
