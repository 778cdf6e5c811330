using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>Watches the free space of the disk, and tells the open stores when it becomes short or sufficient.</summary>
/// <param name="hasClock">Asks the disk at most once a second. Otherwise each time.</param>
internal sealed class FreeSpace(IDisk disk, StoreOptions options, List<Slot> slots, bool hasClock)
{
    private const long IntervalMilliseconds = 1000;

    // Null if the next look asks the disk.
    private long? _askedAt;

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
            var free = disk.FreeBytes() - (IsShort ? options.SegmentSizeBytes : 0);
            Tell(isStarved || free < options.FreeSpaceFloorBytes);
        }
        catch (IOException)
        {
            // Ignored, because a failing disk shows at the next write.
        }
    }

    public void Tell(bool isShort)
    {
        IsShort = isShort;
        foreach (var slot in slots)
        {
            slot.Opening?.TellSpace(isShort);
        }
    }
}
