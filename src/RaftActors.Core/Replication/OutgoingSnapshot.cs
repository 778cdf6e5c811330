namespace RaftActors.Core;

/// <summary>
/// What a leader knows about one transfer of a snapshot. A few pieces are under way at a time; what was lost among them is found out at the
/// pace of heartbeats, and all is sent again from where the receiver says that it is.
/// </summary>
internal sealed class OutgoingSnapshot(Snapshot snapshot, long now)
{
    /// <summary>Pieces under way at a time.</summary>
    private const int Window = 4;

    private bool _hasMoved = true;
    private int _window = Window;
    private long _sent;

    /// <summary>Which one. It stays the same to the end of the transfer: who begins anew with each newer one never ends.</summary>
    public Snapshot Snapshot { get; } = snapshot;

    /// <summary>Up to here the receiver has it on disk.</summary>
    public long Stored { get; private set; }

    /// <summary>The tick at which something arrived last; that of the beginning at first.</summary>
    public long MovedAt { get; private set; } = now;

    /// <summary>Nothing is missing; it is being installed.</summary>
    public bool IsStored => Stored == Snapshot.Length;

    /// <summary>Takes the place of the next piece of at most so many bytes, if one may go now.</summary>
    public long? TakeNext(int pieceBytes)
    {
        if (_sent == Snapshot.Length || _sent >= Stored + ((long)_window * pieceBytes))
        {
            return null;
        }

        var offset = _sent;
        _sent = Math.Min(Snapshot.Length, offset + pieceBytes);
        return offset;
    }

    /// <summary>The receiver has it up to there. Less than before means that it began anew.</summary>
    public void Answer(long stored, long now)
    {
        stored = Math.Clamp(stored, 0, Snapshot.Length);
        if (stored > Stored)
        {
            (_hasMoved, _window, MovedAt) = (true, Window, now);
        }

        _sent = stored < Stored ? stored : Math.Max(_sent, stored);
        Stored = stored;
    }

    /// <summary>
    /// Called at each heartbeat of a receiver that is heard: if nothing has arrived since the last one, what was sent seems lost. It may
    /// be a slow disk too, so one piece must do until there is an answer.
    /// </summary>
    public void SendAgainIfLost()
    {
        if (!_hasMoved)
        {
            (_sent, _window) = (Stored, 1);
        }

        _hasMoved = false;
    }
}
