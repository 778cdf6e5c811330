using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>Watches the free space of the disk, and tells the open stores when it becomes short or sufficient.</summary>
/// <param name="hasClock">False: every look asks the disk. True: once a second at most.</param>
internal sealed class FreeSpace(IDisk disk, StoreOptions options, List<Slot> slots, bool hasClock)
{
    private const long IntervalMilliseconds = 1000;

    // Null: the next look asks the disk.
    private long? _askedAt;

    /// <summary>Less space is free than the floor demands.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Makes the next look ask the disk.</summary>
    public void Forget() => _askedAt = null;

    /// <summary>Compares the free space with the floor.</summary>
    /// <param name="isStarved">A write waits for room, so space is short whatever the disk reports.</param>
    public void Look(bool isStarved)
    {
        if (hasClock && _askedAt is { } askedAt && Environment.TickCount64 - askedAt < IntervalMilliseconds)
        {
            return;
        }

        _askedAt = Environment.TickCount64;
        try
        {
            // Space is sufficient again only with one segment above the floor. A short disk makes a leader transfer leadership, and one
            // segment that comes and goes must not repeat that.
            var floor = options.FreeSpaceFloorBytes + (IsShort ? options.SegmentSizeBytes : 0);
            Tell(isStarved || disk.FreeBytes() < floor);
        }
        catch (IOException)
        {
            // A failing disk shows at the next write.
        }
    }

    /// <summary>Tells the open stores whether space is short.</summary>
    public void Tell(bool isShort)
    {
        IsShort = isShort;
        foreach (var slot in slots)
        {
            slot.Opening?.TellSpace(isShort);
        }
    }
}
