namespace RaftActors.Delivery;

/// <summary>
/// Divides the undelivered serials of an actor by the baseline: the leader's serial when the actor first learned of a leader. Serials up
/// to it are missing, and HandleMissing reports them. Serials above it are new. Invariant: each missing serial is reported at most once,
/// and never while it is delivered or claimed by a Get.
/// </summary>
internal sealed class MissingSerials(Serial last, DeliveredSerials delivered, PendingGets gets)
{
    private Serial _reported = last;

    // Invariant: every new serial below it is delivered or claimed.
    private Serial _firstNew;

    // Invariant: every reported serial below it is delivered or claimed.
    private Serial _firstOwed = last.Next;

    /// <summary>Null before the actor has learned of a leader.</summary>
    public Serial? Baseline { get; private set; }

    /// <summary>Sets the baseline. Only the first call counts.</summary>
    public void OnLeader(Serial serial)
    {
        if (Baseline is null)
        {
            Baseline = serial;
            _firstNew = serial.Next;
        }
    }

    /// <summary>Returns the next gap to report, or null. It ends before a serial that is delivered or claimed.</summary>
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

    /// <summary>Returns the lowest new serial that is neither delivered nor claimed, or null without a baseline.</summary>
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

    /// <summary>Returns the lowest reported serial that the actor has not requested, or null.</summary>
    public Serial? FindOwed()
    {
        while (_firstOwed <= _reported && IsTakenCareOf(_firstOwed))
        {
            _firstOwed = _firstOwed.Next;
        }

        return _firstOwed <= _reported ? _firstOwed : null;
    }

    public void OnCancelled(Serial serial)
    {
        if (IsTakenCareOf(serial))
        {
            return;
        }

        _firstOwed = serial < _firstOwed ? serial : _firstOwed;
        _firstNew = serial > Baseline && serial < _firstNew ? serial : _firstNew;
    }

    /// <summary>Restarts after a snapshot. New pairs that were delivered ahead of its serial are delivered again.</summary>
    public void OnRestored(Serial serial)
    {
        _reported = serial > _reported ? serial : _reported;
        _firstOwed = serial.Next;
        _firstNew = (Baseline is { } baseline && baseline > serial ? baseline : serial).Next;
    }

    private bool IsTakenCareOf(Serial serial) => delivered.Contains(serial) || gets.IsClaimed(serial);
}
