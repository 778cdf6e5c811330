namespace RaftActors.Delivery;

/// <summary>The serials that were delivered: all up to one serial, and single ones above it.</summary>
/// <param name="last">All serials up to this one count as delivered.</param>
internal sealed class DeliveredSerials(Serial last)
{
    private readonly HashSet<Serial> _ahead = [];

    public Serial FirstMissing { get; private set; } = last.Next;

    public Serial Highest { get; private set; } = last;

    public bool HasHoles => _ahead.Count > 0;

    public bool Contains(Serial serial) => serial < FirstMissing || _ahead.Contains(serial);

    /// <summary>Counts all serials up to this one as delivered, and none above it.</summary>
    public void StartAfter(Serial serial)
    {
        _ahead.Clear();
        (FirstMissing, Highest) = (serial.Next, serial);
    }

    /// <summary>Adds a serial. Returns false if it was delivered before.</summary>
    public bool Add(Serial serial)
    {
        if (serial < FirstMissing)
        {
            return false;
        }

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
