namespace RaftActors.Delivery;

/// <summary>The serials that were delivered: all up to one serial, and single ones above it.</summary>
/// <param name="last">All up to here count as delivered.</param>
internal sealed class DeliveredSerials(Serial last)
{
    private readonly HashSet<Serial> _ahead = [];

    /// <summary>The lowest serial that was not delivered.</summary>
    public Serial FirstMissing { get; private set; } = last.Next;

    /// <summary>The highest serial that was delivered.</summary>
    public Serial Highest { get; private set; } = last;

    /// <summary>A serial below the highest was not delivered.</summary>
    public bool HasHoles => _ahead.Count > 0;

    public bool Contains(Serial serial) => serial < FirstMissing || _ahead.Contains(serial);

    /// <summary>From here on all serials up to this one count as delivered, and none above it.</summary>
    public void StartAfter(Serial serial)
    {
        _ahead.Clear();
        (FirstMissing, Highest) = (serial.Next, serial);
    }

    /// <summary>False if the serial was delivered before.</summary>
    public bool Add(Serial serial)
    {
        if (serial < FirstMissing)
        {
            return false;
        }

        // In order no set is needed.
        if (serial == FirstMissing)
        {
            FirstMissing = serial.Next;
        }
        else if (!_ahead.Add(serial))
        {
            return false;
        }

        Highest = serial > Highest ? serial : Highest;
        while (_ahead.Remove(FirstMissing))
        {
            FirstMissing = FirstMissing.Next;
        }

        return true;
    }
}
