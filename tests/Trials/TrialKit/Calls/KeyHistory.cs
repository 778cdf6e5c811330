namespace TrialKit.Calls;

/// <summary>All changes of a key, in the order that the service claims. Place 0 is the absent item before the first change.</summary>
public sealed class KeyHistory(IReadOnlyList<Change> changes)
{
    public IReadOnlyList<Change> Changes => changes;

    public string? ValueAt(int place) => place == 0 ? null : changes[place - 1].Value;

    public long SerialAt(int place) => place == 0 ? 0 : changes[place - 1].Serial;

    /// <summary>The place of the last change up to a serial.</summary>
    public int PlaceUpTo(long serial)
    {
        var (low, high) = (0, changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = changes[middle].Serial <= serial ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The place of a change. Null: there is no change with this serial and value.</summary>
    public int? PlaceOf(long serial, string? value)
    {
        var place = PlaceUpTo(serial);
        return place > 0 && SerialAt(place) == serial && ValueAt(place) == value ? place : null;
    }

    /// <summary>The first place from this one on without an item. Null: there is none.</summary>
    public int? AbsentFrom(int place)
    {
        while (place <= changes.Count && ValueAt(place) is not null)
        {
            place++;
        }

        return place <= changes.Count ? place : null;
    }

    /// <summary>
    /// The place that a read saw, or the earliest possible one. Null: none from <paramref name="floor"/> on fits.
    /// </summary>
    public int? PlaceOf(ReadCall read, int floor)
    {
        if (read.Value is not null)
        {
            return PlaceOf(read.Serial, read.Value) is { } place && place >= floor ? place : null;
        }

        var absent = read.At is { } at ? PlaceUpTo(at) : AbsentFrom(floor);
        return absent >= floor ? absent : null;
    }

    /// <summary>Whether the item at a place meets the condition of a write.</summary>
    public bool Meets(int place, long? condition) => condition switch
    {
        null => true,
        WriteCall.IfAbsent => ValueAt(place) is null,
        WriteCall.IfPresent => ValueAt(place) is not null,
        var wanted => ValueAt(place) is not null && SerialAt(place) == wanted,
    };
}
