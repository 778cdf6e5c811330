using RaftActors.Core;

namespace RaftActors.Delivery;

/// <summary>Which serials were handed over: everything up to some serial, and single ones above it.</summary>
internal sealed class HandedSerials(Serial last)
{
    private readonly HashSet<Serial> _ahead = [];

    /// <summary>The lowest that was not handed over.</summary>
    public Serial FirstMissing { get; private set; } = last.Next;

    /// <summary>The highest that was.</summary>
    public Serial Highest { get; private set; } = last;

    /// <summary>Some are missing below the highest.</summary>
    public bool HasHoles => _ahead.Count > 0;

    /// <summary>Those after a serial that were handed over, though one before them was not.</summary>
    public IEnumerable<Serial> AheadOf(Serial serial) => _ahead.Where(each => each > serial);

    public bool Contains(Serial serial) => serial < FirstMissing || _ahead.Contains(serial);

    /// <summary>False if it was handed over before.</summary>
    public bool Add(Serial serial)
    {
        if (serial < FirstMissing || !_ahead.Add(serial))
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
