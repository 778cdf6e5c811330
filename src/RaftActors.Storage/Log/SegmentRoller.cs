using RaftActors.Core.Codec;

namespace RaftActors.Storage.Log;

/// <summary>
/// Begins segments and deletes them. Each segment begins with a checkpoint of all slots, so that older segments are needed for their
/// entries only.
/// </summary>
internal sealed class SegmentRoller(
    SegmentFiles files, BatchBuilder builder, SegmentCleaner cleaner, FreeSpace space, List<Slot> slots, Guid log)
{
    public void Begin() => files.Begin(log, builder, AddCheckpoint, 0, FormatRange.Own.Lowest);

    /// <summary>
    /// Begins the next segment, with room for <paramref name="size"/> bytes of at most this format level, and deletes segments that no
    /// slot needs.
    /// </summary>
    /// <exception cref="Disk.DiskFullException">There is no room for the segment, and nothing has changed.</exception>
    public void Roll(long size, byte level)
    {
        var isCleaned = false;
        try
        {
            isCleaned = files.Begin(log, builder, AddCheckpoint, size, level, cleaner.Complete());
        }
        finally
        {
            space.Forget();
            cleaner.End(isCleaned);
        }

        Retire();
        if (!space.IsShort)
        {
            cleaner.Plan();
        }
    }

    /// <summary>
    /// Deletes the segments without an entry that a slot needs. The current segment stays. A slot that is damaged or being read keeps all
    /// segments.
    /// </summary>
    public void Retire()
    {
        var oldest = files.Current;
        foreach (var slot in slots)
        {
            oldest = slot.Damage is null && !slot.IsBeingRead ? Math.Min(oldest, slot.OldestSegment ?? oldest) : files.Oldest;
        }

        files.DeleteBefore(oldest);
    }

    private void AddCheckpoint(BatchBuilder checkpoint)
    {
        foreach (var slot in slots)
        {
            slot.AddTo(checkpoint);
        }
    }
}
