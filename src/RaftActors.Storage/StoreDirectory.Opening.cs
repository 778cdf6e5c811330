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

    // The stores that are being opened, and the numbers of new ones. Guarded by _marking, which no thread holds while it waits for a disk.
    private readonly object _marking = new();
    private readonly HashSet<StoreOwner> _marked = [];
    private readonly Stack<int> _unused = [];
    private int _last;

    // Invariant: one opening reads the log again at a time, because it keeps a whole segment in memory.
    private readonly Lock _readingAgain = new();

    /// <summary>
    /// Opens the slot of an owner, and creates a missing one with the preload. The files of the store are read without the lock of the
    /// log, because every other store would wait for them. Under the lock the log alone is written.
    /// </summary>
    internal (SlotOpening Opening, RecoveredState Recovered) OpenSlot(StoreOwner owner, LogSlice preload, IStoreListener? listener)
    {
        var slot = Mark(owner);
        try
        {
            return OpenMarked(slot, preload, listener);
        }
        catch (Exception e) when (e is IOException and not StoreException)
        {
            throw Refusal(e);
        }
        finally
        {
            Unmark(slot);
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

    /// <summary>
    /// Takes a store out of the log, and deletes its snapshots. It must not be open. The other stores stay as they are. A crash at any
    /// point leaves the whole store or none.
    /// </summary>
    /// <exception cref="StoreException">The log has failed.</exception>
    internal void Forget(StoreOwner owner)
    {
        var slot = Writer.Find(owner) ?? throw new InvalidOperationException($"There is no store of {owner}.");
        lock (Writer.Lock)
        {
            Writer.EndSlot(slot);
        }

        DeleteSnapshots(slot.Number);
    }

    // Returns the slot, which no other thread opens until Unmark. A new one is not in the log yet.
    private Slot Mark(StoreOwner owner)
    {
        lock (_marking)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Writer.Failure is { } failure)
            {
                throw failure;
            }

            var slot = Writer.Find(owner);
            if (slot?.Opening is not null || _marked.Contains(owner))
            {
                throw new StoreException($"The store of {owner} in {_options.Directory} is open already. Dispose it before "
                    + "opening it again.");
            }

            if (slot?.Damage is { } damage)
            {
                throw new StoreDamagedException(damage);
            }

            slot ??= new Slot(NextNumber(owner), owner, new Incarnation(_identities()));
            _marked.Add(owner);
            return slot;
        }
    }

    private ushort NextNumber(StoreOwner owner)
    {
        if (_unused.TryPop(out var number))
        {
            return (ushort)number;
        }

        _last = Math.Max(_last, Writer.LastNumber);
        return _last < ushort.MaxValue
            ? (ushort)++_last
            : throw new StoreException($"{_options.Directory} has {ushort.MaxValue} stores, the most that one log can number, and none is "
                + $"left for {owner}. Name another directory for it (raft.store.directory).");
    }

    private void Unmark(Slot slot)
    {
        lock (_marking)
        {
            if (Writer.Find(slot.Owner) != slot)
            {
                _unused.Push(slot.Number);
            }

            _marked.Remove(slot.Owner);
            Monitor.PulseAll(_marking);
        }
    }

    // Without this, an opening would still rename and delete snapshots when another process has the directory.
    private void WaitForOpenings()
    {
        lock (_marking)
        {
            while (_marked.Count > 0)
            {
                Monitor.Wait(_marking);
            }
        }
    }

    private (SlotOpening Opening, RecoveredState Recovered) OpenMarked(Slot slot, LogSlice preload, IStoreListener? listener)
    {
        var isNew = Writer.Find(slot.Owner) is null;
        var read = isNew ? null : slot.Recovered ?? ReadAgain(slot);
        var snapshots = new SnapshotFolder(_disk, slot.SnapshotFolder, slot.Owner);
        try
        {
            snapshots.Reconcile(read?.Installed ?? []);
            DemandSnapshot(slot, snapshots, isNew);
            return Publish(() =>
            {
                if (isNew)
                {
                    Writer.BeginSlot(slot, preload);
                }

                slot.Recovered = null;
                return Opened(slot, snapshots, listener, isNew, read?.Entries ?? preload, read?.Committed ?? LogIndex.Zero);
            });
        }
        catch
        {
            snapshots.Dispose();
            throw;
        }
    }

    private (SlotOpening Opening, RecoveredState Recovered) Publish(Func<(SlotOpening Opening, RecoveredState Recovered)> open)
    {
        var opening = new Task<(SlotOpening, RecoveredState)>(() =>
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return Writer.Failure is { } failure ? throw failure : open();
        });
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

    private void DemandSnapshot(Slot slot, SnapshotFolder snapshots, bool isNew)
    {
        if (isNew && snapshots.Kept.Count > 0)
        {
            throw new StoreException($"{_disk.PathOf(slot.SnapshotFolder)} has snapshots of {slot.Owner}, but the log has no records of "
                + "it. Segments of the log are missing. Put them back. If they are lost, move the directory away and start the process "
                + "again: it rejoins its group by itself.");
        }

        if (slot.Log.Base.Index > LogIndex.Zero && !snapshots.Kept.Any(one => one.Position.Index >= slot.Log.Base.Index))
        {
            throw new StoreException($"The log of {slot.Owner} begins after {slot.Log.Base}, and "
                + $"{_disk.PathOf(slot.SnapshotFolder)} has no snapshot of the entries before. "
                + "Put it back. If it is lost, run 'raft log repair' on this directory and start the process again: it rejoins its "
                + "group by itself.");
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
            _last = reader.Forgotten.Append((ushort)0).Max();
            reader.Forgotten.ForEach(DeleteSnapshots);
        }
        else
        {
            writer.Begin();
        }

        return writer;
    }

    // A crash after the record may have left them.
    private void DeleteSnapshots(ushort slot)
    {
        var folder = SnapshotName.FolderOf(slot);
        _disk.CreateFolder(folder);
        foreach (var file in _disk.List(folder))
        {
            _disk.Delete($"{folder}/{file}");
        }

        _disk.SyncFoldersUpFrom(folder);
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
        lock (_readingAgain)
        {
            try
            {
                var (segment, end) = PinSegments(slot);
                var reader = new LogReader(_disk, _options.RecoveredSizeMaxBytes);
                reader.ReadHeaders(segment);
                reader.ReadAll(slot.Number, end);
                var read = reader.Slots.First();

                // Invariant: recovery and the writer follow the same rules, so they agree on the range of the log.
                return read.Damage is { } damage ? throw new StoreDamagedException(damage)
                    : read.Range == slot.Log ? read
                    : throw new InvalidOperationException(
                        $"The log of {slot.Owner} was written as {slot.Log}, and is read as {read.Range}.");
            }
            finally
            {
                lock (Writer.Lock)
                {
                    slot.IsBeingRead = false;
                }
            }
        }
    }

    // Returns the last segment and its end. Segments up to it stay until the reading ends.
    private (long Segment, long End) PinSegments(Slot slot)
    {
        lock (Writer.Lock)
        {
            slot.IsBeingRead = true;
            return Writer.Failure is { } failure ? throw failure : (_files.Current, _files.End);
        }
    }
}
