namespace RaftActors.Delivery;

/// <summary>
/// Divides the undelivered serials of one life by the leader's serial when the life first learned of a leader, the baseline. Serials up to
/// it are missing: HandleMissing reports them. Serials above it are new. Invariant: each missing serial is reported at most once, and never
/// while it is delivered or claimed by a Get.
/// </summary>
internal sealed class MissingSerials(Serial last, DeliveredSerials delivered, PendingGets gets)
{
    // The undelivered serials up to here were reported.
    private Serial _reported = last;

    // Invariant: every new serial below it is delivered or claimed.
    private Serial _firstNew;

    // Invariant: every reported serial below it is delivered or claimed.
    private Serial _firstOwed = last.Next;

    /// <summary>Null: the life has not learned of a leader yet.</summary>
    public Serial? Baseline { get; private set; }

    /// <summary>The life learned of a leader, with this last serial. Only the first call counts.</summary>
    public void OnLeader(Serial serial)
    {
        if (Baseline is null)
        {
            Baseline = serial;
            _firstNew = serial.Next;
        }
    }

    /// <summary>The next gap to report; null if there is none. It ends before a serial that is delivered or claimed.</summary>
    public SerialRange? TryTakeGap()
    {
        if (Baseline is not { } baseline)
        {
            return null;
        }

        var first = _reported.Next;
        while (first <= baseline && IsTakenCareOf(first))
        {
            first = first.Next;
        }

        if (first > baseline)
        {
            _reported = baseline > _reported ? baseline : _reported;
            return null;
        }

        var end = first;
        while (end < baseline && !IsTakenCareOf(end.Next))
        {
            end = end.Next;
        }

        _reported = end;
        return new SerialRange(first, end);
    }

    /// <summary>The lowest new serial that is neither delivered nor claimed; null: there is no baseline yet.</summary>
    public Serial? FindNew()
    {
        if (Baseline is null)
        {
            return null;
        }

        while (IsTakenCareOf(_firstNew))
        {
            _firstNew = _firstNew.Next;
        }

        return _firstNew;
    }

    /// <summary>The lowest serial that was reported, and that the actor did not request; null if there is none.</summary>
    public Serial? FindOwed()
    {
        while (_firstOwed <= _reported && IsTakenCareOf(_firstOwed))
        {
            _firstOwed = _firstOwed.Next;
        }

        return _firstOwed <= _reported ? _firstOwed : null;
    }

    /// <summary>A Get of this serial was cancelled.</summary>
    public void OnCancelled(Serial serial)
    {
        if (IsTakenCareOf(serial))
        {
            return;
        }

        _firstOwed = serial < _firstOwed ? serial : _firstOwed;
        _firstNew = serial > Baseline && serial < _firstNew ? serial : _firstNew;
    }

    /// <summary>A snapshot up to this serial was restored. New pairs that were delivered ahead of it are delivered again.</summary>
    public void OnRestored(Serial serial)
    {
        _reported = serial > _reported ? serial : _reported;
        _firstOwed = serial.Next;
        _firstNew = (Baseline is { } baseline && baseline > serial ? baseline : serial).Next;
    }

    private bool IsTakenCareOf(Serial serial) => delivered.Contains(serial) || gets.IsClaimed(serial);
}
