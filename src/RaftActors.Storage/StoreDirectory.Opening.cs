using System.Collections.Concurrent;
using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage;

/// <content>Opens and closes the log, and the stores in it.</content>
internal sealed partial class StoreDirectory
{
    private readonly ConcurrentQueue<Task> _openings = [];

    /// <summary>Opens the slot of an owner, and creates a missing one with the preload.</summary>
    internal (SlotOpening Opening, RecoveredState Recovered) OpenSlot(StoreOwner owner, LogSlice preload, IStoreListener? listener)
    {
        var opening = new Task<(SlotOpening, RecoveredState)>(() => OpenSlotLocked(owner, preload, listener));
        _openings.Enqueue(opening);
        lock (Writer.Lock)
        {
            // The thread that gets the lock does all waiting openings, so that the new stores of many threads begin with one sync.
            var before = Writer.Slots.Count;
            while (_openings.TryDequeue(out var next))
            {
                next.RunSynchronously(TaskScheduler.Default);
            }

            if (Writer.Slots.Count > before)
            {
                Writer.Sync();
            }

            return Writer.Failure is { } failure && opening.IsCompletedSuccessfully ? throw failure : opening.GetAwaiter().GetResult();
        }
    }

    /// <summary>Finishes the queued writes, as far as there is room, and closes the slot. The rest is dropped.</summary>
    internal void Close(SlotOpening opening)
    {
        opening.StopSaving();
        lock (Writer.Lock)
        {
            if (opening.Slot.Opening == opening)
            {
                Writer.WriteQueued();
                Release(opening.Slot);
            }
        }
    }

    private (SlotOpening Opening, RecoveredState Recovered) OpenSlotLocked(StoreOwner owner, LogSlice preload, IStoreListener? listener)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Writer.Failure is { } failure)
        {
            throw failure;
        }

        var slot = Writer.Find(owner);
        if (slot?.Opening is not null)
        {
            throw new StoreException($"The store of {owner} in {_options.Directory} is open already. Dispose it before "
                + "opening it again.");
        }

        if (slot?.Damage is { } damage)
        {
            throw new StoreDamagedException(damage);
        }

        try
        {
            return slot is null ? Create(owner, preload, listener) : OpenFound(slot, listener);
        }
        catch (Exception e) when (e is IOException and not StoreException)
        {
            throw Refusal(e);
        }
    }

    private static void Release(Slot slot)
    {
        slot.Opening?.End();
        slot.Opening = null;
    }

    private LogWriter OpenLog(bool hasThread)
    {
        StoreFiles.RefuseForeign(_disk, "");
        _disk.CreateFolder(LogReader.Folder);
        _disk.SyncFolder("");
        StoreFiles.RefuseForeign(_disk, LogReader.Folder);
        SegmentFiles.RemoveUnfinished(_disk);
        var reader = new LogReader(_disk, _options.RecoveredSizeMaxBytes);
        reader.ReadHeaders();
        var log = reader.Segments.Count > 0 ? reader.Segments[0].Log : _identities();
        var writer = new LogWriter(_disk, _options, _files, log, hasClock: hasThread);
        if (reader.Segments.Count > 0)
        {
            reader.ReadAll();
            _files.GoOn(reader);
            NoteTorn(reader);
            writer.Add(reader.Slots);
        }
        else
        {
            writer.Begin();
        }

        return writer;
    }

    private void NoteTorn(LogReader reader)
    {
        var check = reader.LastCheck!;
        if (check.Used > check.End)
        {
            _notes.Add($"Cut {check.Used - check.End} bytes off {_disk.PathOf(LogReader.NameOf(reader.Segments[^1].Number))} at "
                + $"{check.End}: the torn tail of a write that was not durable.");
        }
    }

    private (SlotOpening Opening, RecoveredState Recovered) Create(StoreOwner owner, LogSlice preload, IStoreListener? listener)
    {
        var number = Writer.Slots.Count > 0 ? Writer.Slots[^1].Number + 1 : 1;
        if (number > ushort.MaxValue)
        {
            throw new StoreException($"{_options.Directory} has {ushort.MaxValue} stores, the most that one log can number, and none is "
                + $"left for {owner}. Name another directory for it (raft.store.directory).");
        }

        var slot = new Slot((ushort)number, owner, new Incarnation(_identities()));
        var snapshots = new SnapshotFolder(_disk, slot.SnapshotFolder, owner);
        snapshots.Reconcile([]);
        if (snapshots.Kept.Count > 0)
        {
            snapshots.Dispose();
            throw new StoreException($"{_disk.PathOf(slot.SnapshotFolder)} has snapshots of {owner}, but the log has no records of it. "
                + "Segments of the log are missing. Put them back. If they are lost, move the directory away and start the process "
                + "again: it rejoins its group by itself.");
        }

        Writer.BeginSlot(slot, preload);
        return Opened(slot, snapshots, listener, isNew: true, preload, LogIndex.Zero);
    }

    private (SlotOpening Opening, RecoveredState Recovered) OpenFound(Slot slot, IStoreListener? listener)
    {
        var read = slot.Recovered ?? ReadAgain(slot);
        var snapshots = new SnapshotFolder(_disk, slot.SnapshotFolder, slot.Owner);
        try
        {
            snapshots.Reconcile(read.Installed);
            if (slot.Log.Base.Index > LogIndex.Zero && !snapshots.Kept.Any(one => one.Position.Index >= slot.Log.Base.Index))
            {
                throw new StoreException($"The log of {slot.Owner} begins after {slot.Log.Base}, and "
                    + $"{_disk.PathOf(slot.SnapshotFolder)} has no snapshot of the entries before. "
                    + "Put it back. If it is lost, run 'raft log repair' on this directory and start the process again: it rejoins its "
                    + "group by itself.");
            }
        }
        catch
        {
            snapshots.Dispose();
            throw;
        }

        slot.Recovered = null;
        return Opened(slot, snapshots, listener, isNew: false, read.Entries, read.Committed);
    }

    private (SlotOpening Opening, RecoveredState Recovered) Opened(
        Slot slot, SnapshotFolder snapshots, IStoreListener? listener, bool isNew, LogSlice entries, LogIndex committed)
    {
        slot.Opening = new SlotOpening(slot, listener, snapshots);
        var state = new InitialState(slot.HardState ?? InitialState.Empty.HardState, entries)
        {
            Base = slot.Log.Base,
            Earlier = EarlierOf(slot, entries),
            Committed = committed,
            Snapshot = snapshots.Kept.Count > 0 ? snapshots.Kept[^1] : null,
        };
        ImmutableArray<string> notes = [.. _notes, .. snapshots.Notes];
        return (slot.Opening, new RecoveredState(slot.Incarnation, isNew, state, notes));
    }

    /// <summary>Returns the entries that the opening did not keep in memory, or null if it kept all.</summary>
    private EarlierLog? EarlierOf(Slot slot, LogSlice kept)
    {
        var last = new LogIndex(slot.Log.Last.Value - kept.Length);
        return last > slot.Log.Base.Index ? new EarlierLog(last, PagesOf(slot, slot.Log.Base.Index.Next, last)) : null;
    }

    // A run has 64 KiB of the log.
    private IEnumerable<LogSlice> PagesOf(Slot slot, LogIndex first, LogIndex last)
    {
        const int runsMax = 8;
        var runs = slot.RunsOf(first, last);
        for (var run = 0; run < runs.Length; run += runsMax)
        {
            var from = run == 0 ? first : runs[run].First;
            var end = run + runsMax < runs.Length ? new LogIndex(runs[run + runsMax].First.Value - 1) : last;
            yield return Reader.Read(slot, from, end);
        }
    }

    /// <summary>Reads the records of a slot that was open before. The records of the first reading are not kept.</summary>
    private SlotReplay ReadAgain(Slot slot)
    {
        Writer.Sync();
        if (Writer.Failure is { } failure)
        {
            throw failure;
        }

        var reader = new LogReader(_disk, _options.RecoveredSizeMaxBytes);
        reader.ReadHeaders();
        reader.ReadAll(slot.Number, _files.End);
        var read = reader.Slots.First();

        // Invariant: recovery and the writer follow the same rules, so they agree on the range of the log.
        return read.Damage is { } damage ? throw new StoreDamagedException(damage)
            : read.Range == slot.Log ? read
            : throw new InvalidOperationException($"The log of {slot.Owner} was written as {slot.Log}, and is read as {read.Range}.");
    }
}
