using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// Gathers queued writes into one batch. When the batch is durable, it finishes the work that had to wait for that, and tells the stores.
/// </summary>
internal sealed class BatchGatherer(
    StoreOptions options, SegmentFiles files, BatchBuilder builder, SegmentRoller roller, WriteQueue queue)
{
    private readonly List<SlotOpening> _touched = [];

    // The installations and discards in the batch. They rename and delete files, but only after the batch is durable.
    private readonly List<WriteQueue.Item> _after = [];

    public bool IsEmpty => _touched.Count == 0;

    /// <summary>
    /// Fills a batch with the next writes of the queue. Stops at the size limit, at the end of the segment, before the first write of a
    /// higher format level, and after an installation or a discard.
    /// </summary>
    /// <exception cref="DiskFullException">The next write needs a new segment, which has no room. Nothing was gathered.</exception>
    public void Gather()
    {
        builder.Begin(files.Seed, files.End);
        while (queue.HasTaken && _after.Count == 0)
        {
            var item = queue.Next;
            if (item.Slot.Opening != item.Opening)
            {
                queue.Done(); // The store was closed before this write had room.
                continue;
            }

            if (item.Opening.IsStalled && !MayPass(item))
            {
                queue.Defer();
                continue;
            }

            var level = files.Level;
            var size = builder.Length + WriteSize.Of(item.Write, ref level);
            var fits = files.HasRoom(size) && level == files.Level;
            if (!IsEmpty && (size > options.BatchSizeMaxBytes || !fits))
            {
                return;
            }

            if (!fits)
            {
                roller.Roll(size - builder.Length, level);
                builder.Begin(files.Seed, files.End);
            }

            if (TryAdd(item))
            {
                queue.Done();
            }
        }
    }

    /// <summary>
    /// Gathers the discards that wait behind a write without room, because they free segments. A discard may overtake the writes before
    /// it, because a durable snapshot covers all that it discards. But it must not overtake an installation of the same store, because
    /// that snapshot may be the one. Returns false if there is no such discard.
    /// </summary>
    public bool GatherDiscards()
    {
        builder.Begin(files.Seed, files.End);
        _after.Clear();
        var installing = queue.Deferred.Where(IsInstallation).Select(item => item.Opening).ToHashSet();
        foreach (var item in queue.Taken)
        {
            if (IsInstallation(item))
            {
                installing.Add(item.Opening);
            }
            else if (item.Write is Effect.Discard discard
                && item.Slot.Opening == item.Opening
                && discard.Log.Index > item.Slot.Log.Base.Index
                && files.HasReserve(builder.Length + WriteSize.RecordMax)
                && !installing.Contains(item.Opening))
            {
                Discard(item.Slot, discard.Log);
                _after.Add(item);
            }
        }

        return _after.Count > 0;
    }

    public void Append(Slot slot, in LogEntry entry)
    {
        var offset = builder.NextOffset;
        builder.AddEntry(slot.Number, entry);
        slot.Append(entry.Index, files.Current, offset, builder.NextOffset - offset);
    }

    /// <summary>After the batch is durable: names installed snapshots, acknowledges the writes, and deletes discarded files.</summary>
    public void Finish()
    {
        foreach (var item in _after)
        {
            if (item.Write is Effect.InstallSnapshot install)
            {
                item.Opening.Snapshots!.Install(install.Snapshot.Position);
            }
        }

        foreach (var opening in _touched)
        {
            opening.TellPersisted();
        }

        _touched.Clear();
        foreach (var item in _after)
        {
            if (item.Write is Effect.Discard discard)
            {
                item.Opening.Snapshots!.DeleteBefore(discard.Snapshot);
            }
        }

        if (_after.Count > 0)
        {
            _after.Clear();
            roller.Retire();
        }
    }

    // A discard behind a stalled snapshot may free the room that the snapshot needs.
    private bool MayPass(WriteQueue.Item item) =>
        item.Write is Effect.Discard && !queue.Deferred.Any(one => one.Opening == item.Opening && IsInstallation(one));

    private static bool IsInstallation(WriteQueue.Item item) => item.Write is Effect.InstallSnapshot;

    /// <returns>False if a received snapshot has no room, so its store must wait. Other stores need not.</returns>
    private bool TryAdd(in WriteQueue.Item item)
    {
        try
        {
            Add(item);
        }
        catch (DiskFullException) when (item.Write is Effect.StoreChunk or Effect.InstallSnapshot)
        {
            item.Opening.IsStalled = true;
            return false;
        }

        item.Opening.Touch(item.Write, _touched);
        if (item.Write is Effect.InstallSnapshot or Effect.Discard)
        {
            _after.Add(item);
        }

        return true;
    }

    private void Add(in WriteQueue.Item item)
    {
        var slot = item.Slot;
        switch (item.Write)
        {
            case Effect.Persist(_, var hardState, var entries):
                if (hardState is not null)
                {
                    slot.HardState = hardState;
                    builder.AddHardState(slot.Number, hardState);
                }

                AppendAll(slot, entries);
                break;
            case Effect.StoreChunk(_, var snapshot, var offset, var data):
                item.Opening.Snapshots!.Write(snapshot, offset, data.Span);
                break;
            case Effect.InstallSnapshot(_, var snapshot, var keepsLog):
                item.Opening.Snapshots!.FinishIncoming(snapshot);
                slot.Install(snapshot.Position, keepsLog);
                builder.AddBase(slot.Number, RecordType.Installed, slot.Log);
                break;
            case Effect.Discard(var position, _):
                Discard(slot, position);
                break;
            default:
                throw new UnreachableException($"The write {item.Write.GetType().Name} is unknown.");
        }
    }

    private void AppendAll(Slot slot, LogSlice entries)
    {
        var next = entries.IsEmpty ? LogIndex.Zero : entries[0].Index;
        foreach (ref readonly var entry in entries)
        {
            // Invariant: the entries of one write are consecutive, so no entry replaces another one of the same write.
            if (entry.Index != next)
            {
                throw new InvalidOperationException($"In one write of {slot.Owner}, entry {entry.Index} stands in the place of {next}.");
            }

            next = next.Next;

            // A discard that overtook this write covers the entry.
            if (entry.Index > slot.Log.Base.Index)
            {
                Append(slot, entry);
            }
        }
    }

    private void Discard(Slot slot, LogPosition position)
    {
        if (slot.Discard(position))
        {
            builder.AddBase(slot.Number, RecordType.Base, slot.Log);
        }
    }
}
