using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage;

/// <content>Opens and closes the log, and the stores that are in it.</content>
public sealed partial class StoreDirectory
{
    /// <summary>A store is opened: what it holds is read, or it is made.</summary>
    internal RecoveredState OpenSlot(FileStore store, StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        lock (Writer.Lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Writer.Failure is { } failure)
            {
                throw failure;
            }

            var slot = Writer.Slots.Find(one => one.State.Owner == owner);
            if (slot?.OpenedBy is not null)
            {
                throw new StoreException($"The store of {owner} in {_options.Directory} is open already. Dispose it before "
                    + "it is opened again.");
            }

            if (slot?.Damage is { } damage)
            {
                throw new StoreDamagedException(damage);
            }

            try
            {
                return slot is null ? Make(store, owner, preload, listener) : OpenFound(store, slot, listener);
            }
            catch (Exception e) when (e is IOException and not StoreException)
            {
                throw Refusal(e);
            }
        }
    }

    /// <summary>What is queued is done as far as there is room; what is left is never done.</summary>
    internal void Close(FileStore store)
    {
        store.StopSaving();
        lock (Writer.Lock)
        {
            if (store.Slot?.OpenedBy == store)
            {
                Writer.WriteQueued();
                SavePending();
                _saves.RemoveAll(save => save.Store == store);
                Release(store.Slot);
            }
        }
    }

    private static void Release(Slot slot)
    {
        slot.OpenedBy?.End();
        slot.Snapshots?.Dispose();
        (slot.OpenedBy, slot.Snapshots) = (null, null);
    }

    private LogWriter OpenLog(bool hasThread)
    {
        RefuseForeignFiles("", name => name == DirectoryLock.FileName);
        _disk.CreateFolder(LogReader.Folder);
        _disk.SyncFolder("");
        RefuseForeignFiles(LogReader.Folder, name => SegmentHeader.NumberOf(name) is not null || SegmentFiles.IsUnfinished(name));
        SegmentFiles.RemoveUnfinished(_disk);
        var reader = new LogReader(_disk);
        reader.ReadHeaders();
        var log = reader.Segments.Count > 0 ? reader.Segments[0].Log : _identities();
        var writer = new LogWriter(_disk, _options, _files, log) { HasClock = hasThread };
        if (reader.Segments.Count > 0)
        {
            reader.ReadAll();
            _files.GoOn(reader);
            NoteTorn(reader);
            writer.Slots.AddRange(reader.Slots.Select(Slot.Of));
        }
        else
        {
            writer.Begin();
        }

        return writer;
    }

    private void RefuseForeignFiles(string folder, Func<string, bool> isOwn)
    {
        if (_disk.List(folder).FirstOrDefault(name => !isOwn(name)) is { } foreign)
        {
            var path = _disk.PathOf(folder.Length == 0 ? foreign : $"{folder}/{foreign}");
            throw new StoreException($"{path} does not belong to a store, so the directory is left alone. "
                + "Move the file away, or name another directory.");
        }
    }

    private void NoteTorn(LogReader reader)
    {
        var check = reader.LastCheck!;
        if (check.Used > check.End)
        {
            _notes.Add($"The last {check.Used - check.End} bytes of {_disk.PathOf(LogReader.NameOf(reader.Segments[^1].Number))}, from "
                + $"{check.End} on, were the torn end of a write that had not become durable, and were cut off.");
        }
    }

    private RecoveredState Make(FileStore store, StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        var number = Writer.Slots.Count > 0 ? Writer.Slots[^1].Number + 1 : 1;
        var slot = new Slot(checked((ushort)number));
        (slot.State.Owner, slot.State.Incarnation) = (owner, new Incarnation(_identities()));
        var snapshots = new SnapshotFolder(_disk, slot.SnapshotFolder, owner);
        snapshots.Settle([]);
        if (snapshots.Kept.Count > 0)
        {
            snapshots.Dispose();
            throw new StoreException($"{_disk.PathOf(slot.SnapshotFolder)} has snapshots of {owner}, and the log knows nothing of them: "
                + "segments of it are missing. Put them back. If they are lost, move the directory away and start the process "
                + "again: it rejoins its group by itself.");
        }

        Writer.BeginSlot(slot, preload);
        if (Writer.Failure is { } failure)
        {
            throw failure;
        }

        return Opened(store, slot, snapshots, listener, isNew: true, preload);
    }

    private RecoveredState OpenFound(FileStore store, Slot slot, IStoreListener listener)
    {
        var read = slot.Recovered ?? ReadAgain(slot);
        var snapshots = new SnapshotFolder(_disk, slot.SnapshotFolder, slot.State.Owner!.Value);
        try
        {
            snapshots.Settle(read.Installed);
            if (slot.State.Base.Index > LogIndex.Zero && !snapshots.Kept.Any(one => one.Position.Index >= slot.State.Base.Index))
            {
                throw new StoreException($"The log of {slot.State.Owner} begins after {slot.State.Base}, and "
                    + $"{_disk.PathOf(slot.SnapshotFolder)} has no snapshot of what was before. "
                    + "Put it back; if it is lost, the process has to join its group as a new one.");
            }
        }
        catch
        {
            snapshots.Dispose();
            throw;
        }

        slot.Recovered = null;
        return Opened(store, slot, snapshots, listener, isNew: false, read.Entries);
    }

    private RecoveredState Opened(
        FileStore store, Slot slot, SnapshotFolder snapshots, IStoreListener listener, bool isNew, LogSlice entries)
    {
        (slot.OpenedBy, slot.Snapshots) = (store, snapshots);
        store.Begin(slot, snapshots, listener);
        var state = new InitialState(slot.State.HardState ?? InitialState.Empty.HardState, entries)
        {
            Base = slot.State.Base,
            Snapshot = snapshots.Kept.Count > 0 ? snapshots.Kept[^1] : null,
        };
        return new RecoveredState(slot.State.Incarnation, isNew, state, ImmutableArray.CreateRange(_notes.Concat(snapshots.Notes)));
    }

    /// <summary>It was open before, so what was read at the beginning is long gone.</summary>
    private SlotReplay ReadAgain(Slot slot)
    {
        Writer.Sync();
        if (Writer.Failure is { } failure)
        {
            throw failure;
        }

        var reader = new LogReader(_disk);
        reader.ReadHeaders();
        reader.ReadAll(slot.Number, _files.End);
        var read = reader.Slots.First();
        return read.Damage is { } damage ? throw new StoreDamagedException(damage) : read;
    }
}
