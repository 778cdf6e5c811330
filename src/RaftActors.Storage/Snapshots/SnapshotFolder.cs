using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// The snapshots of one process, one file each. A file with the name of a snapshot is complete. One thread receives a snapshot in pieces;
/// other threads may save and read snapshots at the same time. A failure of the disk is an <see cref="IOException"/>.
/// </summary>
internal sealed class SnapshotFolder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly StoreOwner _owner;
    private readonly SortedDictionary<string, StoreException> _unusable = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly bool _isEmpty = true;
    private ImmutableArray<SnapshotFile> _kept = [];
    private SnapshotFileWriter? _incoming;

    // Before the first sync, the names of the folders down to this one may be only in the page cache.
    private volatile bool _isDurable;

    /// <summary>Opens the snapshots of a folder, and deletes unfinished files. Call <see cref="Reconcile"/> next.</summary>
    public SnapshotFolder(IDisk disk, string folder, StoreOwner owner)
    {
        (_disk, _folder, _owner) = (disk, folder, owner);
        disk.CreateFolder(folder);
        foreach (var file in disk.List(folder))
        {
            _isEmpty = false;
            if (SnapshotName.Parse(file, SnapshotName.Whole) is { } name)
            {
                Find(name);
            }
            else if ((SnapshotName.Parse(file, SnapshotName.Unfinished) ?? SnapshotName.Parse(file, SnapshotName.Coming)) is not null)
            {
                disk.Delete(PathOf(file));
            }
            else if (SnapshotName.Parse(file, SnapshotName.Arrived) is null)
            {
                _notes.Add($"{disk.PathOf(PathOf(file))} is not a snapshot, and was not changed.");
            }
        }
    }

    /// <summary>The usable snapshots by position, the latest last.</summary>
    public IReadOnlyList<Snapshot> Kept => [.. _kept.Select(file => file.Snapshot)];

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>
    /// Names the received snapshots that the log records as installed, and deletes the other received ones. Then reads the whole latest
    /// snapshot. An unusable earlier one is left out of <see cref="Kept"/>, with a note.
    /// </summary>
    /// <param name="installed">The positions that the log records as installed.</param>
    /// <exception cref="StoreDamagedException">The latest snapshot is damaged, or belongs to another process.</exception>
    /// <exception cref="StoreException">The latest snapshot has another version, or cannot be read.</exception>
    public void Reconcile(IReadOnlyCollection<LogPosition> installed)
    {
        var names = installed.Select(SnapshotName.Of).ToHashSet();
        foreach (var file in _disk.List(_folder))
        {
            if (SnapshotName.Parse(file, SnapshotName.Arrived) is not { } name)
            {
                continue;
            }

            if (names.Contains(name))
            {
                GiveName(name, SnapshotName.Arrived);
                Find(name);
            }
            else
            {
                _disk.Delete(PathOf(file));
            }
        }

        // The names that an earlier process gave may be only in the page cache. The log is discarded because of them, so they must be
        // durable. A new store has none and needs no sync, because a node may start a thousand of them.
        if (!_isEmpty)
        {
            SyncNames();
        }

        var latest = _kept.IsEmpty ? null : SnapshotName.Of(_kept[^1].Snapshot.Position).With(SnapshotName.Whole);
        foreach (var (file, cause) in _unusable)
        {
            if (string.CompareOrdinal(file, latest) > 0)
            {
                throw cause;
            }

            _notes.Add($"An earlier snapshot cannot be used. {cause.Message}");
        }

        if (latest is not null)
        {
            _kept[^1].Verify();
        }
    }

    /// <summary>Begins a file for a snapshot of unknown length. It counts after <see cref="Finish"/>.</summary>
    public SnapshotFileWriter Begin(Snapshot snapshot) =>
        new(_disk, PathOf(SnapshotName.Of(snapshot.Position).With(SnapshotName.Unfinished)), _owner, snapshot, length: null);

    /// <summary>Makes a written snapshot durable and names it. Drops it if the latest snapshot is as late.</summary>
    public void Finish(SnapshotFileWriter writer)
    {
        if (IsOutdone(writer.Snapshot.Position))
        {
            Drop(writer);
            return;
        }

        writer.Finish();
        writer.Dispose();
        Publish(writer.Snapshot.Position, SnapshotName.Unfinished);
    }

    /// <summary>Closes the file of an unfinished snapshot and deletes it.</summary>
    public void Drop(SnapshotFileWriter writer)
    {
        writer.Dispose();
        TryDelete(writer.Name);
    }

    public long FreeBytes() => _disk.FreeBytes();

    /// <summary>
    /// Writes a piece of a snapshot that is being received, at the end of the piece before. A piece at offset 0 begins a new file,
    /// and drops the pieces of any other snapshot.
    /// </summary>
    public void Write(Snapshot snapshot, long offset, ReadOnlySpan<byte> data)
    {
        if (offset == 0)
        {
            DropIncoming();
            var name = SnapshotName.Of(snapshot.Position).With(SnapshotName.Coming);
            _incoming = new SnapshotFileWriter(_disk, PathOf(name), _owner, snapshot, snapshot.Length);
        }

        if (_incoming is null || _incoming.Snapshot.Position != snapshot.Position || _incoming.Written != offset)
        {
            throw new InvalidOperationException($"A piece at {offset} of the snapshot {snapshot} does not follow the piece before.");
        }

        _incoming.Append(data);
    }

    /// <summary>Makes a completely received snapshot durable. It counts once the log records that it is installed.</summary>
    public void FinishIncoming(Snapshot snapshot)
    {
        if (_incoming?.Snapshot.Position != snapshot.Position)
        {
            throw new InvalidOperationException($"The snapshot {snapshot} is not the one that is being received.");
        }

        _incoming.Finish();
        _incoming.Dispose();
        _disk.Rename(_incoming.Name, PathOf(SnapshotName.Of(snapshot.Position).With(SnapshotName.Arrived)));
        SyncNames();
        _incoming = null;
    }

    /// <summary>Gives a received snapshot its final name. The log records durably that it is installed.</summary>
    public void Install(LogPosition position) => Publish(position, SnapshotName.Arrived);

    /// <summary>Reads checked bytes of a snapshot's state: <paramref name="limit"/>, or fewer at its end. Thread-safe.</summary>
    /// <exception cref="StoreException">The snapshot does not exist any more, or cannot be read.</exception>
    public ReadOnlyMemory<byte> Read(LogPosition position, long offset, int limit)
    {
        ImmutableArray<SnapshotFile> kept;
        lock (_lock)
        {
            kept = _kept;
        }

        return kept.FirstOrDefault(file => file.Snapshot.Position == position)?.TryRead(offset, limit)
            ?? throw new StoreException(
                $"The snapshot up to {position} in {_disk.PathOf(_folder)} does not exist any more. Read a later one.");
    }

    /// <summary>Deletes the snapshots before an index, except the latest.</summary>
    public void DeleteBefore(LogIndex index)
    {
        ImmutableArray<SnapshotFile> old;
        lock (_lock)
        {
            var latest = _kept.IsEmpty ? null : _kept[^1];
            old = [.. _kept.Where(file => file != latest && file.Snapshot.Position.Index < index)];
            _kept = _kept.RemoveRange(old);
        }

        // A power cut may undo a deletion. The next call repeats it. The file is closed afterwards, because to delete a closed file would
        // free its blocks at once, while the thread of the log waits.
        foreach (var file in old)
        {
            _disk.Delete(PathOf(SnapshotName.Of(file.Snapshot.Position).With(SnapshotName.Whole)));
            file.DisposeDeleted();
        }

        DeleteUnusableBefore(new SnapshotName(index, Term.Zero).With(SnapshotName.Whole));
    }

    public void Dispose()
    {
        _incoming?.Dispose();
        lock (_lock)
        {
            foreach (var file in _kept)
            {
                file.Dispose();
            }

            _kept = [];
        }
    }

    private string PathOf(string file) => $"{_folder}/{file}";

    private void SyncNames()
    {
        if (_isDurable)
        {
            _disk.SyncFolder(_folder);
        }
        else
        {
            _disk.SyncFoldersUpFrom(_folder);
            _isDurable = true;
        }
    }

    private void Find(SnapshotName name)
    {
        try
        {
            Keep(SnapshotFile.Open(_disk, PathOf(name.With(SnapshotName.Whole)), _owner));
        }
        catch (StoreException e)
        {
            _unusable[name.With(SnapshotName.Whole)] = e;
        }
    }

    private bool IsOutdone(LogPosition position)
    {
        lock (_lock)
        {
            return !_kept.IsEmpty && _kept[^1].Snapshot.Position.Index >= position.Index;
        }
    }

    // Ignores a failure, because the next opening deletes the file, or reports the failure.
    private void TryDelete(string path)
    {
        try
        {
            _disk.Delete(path);
        }
        catch (IOException)
        {
        }
    }

    private void Publish(LogPosition position, string ending)
    {
        var name = SnapshotName.Of(position);
        GiveName(name, ending);
        Keep(SnapshotFile.Open(_disk, PathOf(name.With(SnapshotName.Whole)), _owner));
    }

    private void GiveName(SnapshotName name, string ending)
    {
        _disk.Rename(PathOf(name.With(ending)), PathOf(name.With(SnapshotName.Whole)));
        SyncNames();
    }

    private void Keep(SnapshotFile file)
    {
        lock (_lock)
        {
            var same = _kept.FirstOrDefault(one => one.Snapshot.Position == file.Snapshot.Position);
            same?.Dispose();
            _kept = [.. _kept.Where(one => one != same).Append(file).OrderBy(one => one.Snapshot.Position.Index)];
        }
    }

    private void DropIncoming()
    {
        if (_incoming is { } before)
        {
            _incoming = null;
            before.Dispose();
            _disk.Delete(before.Name);
        }
    }

    private void DeleteUnusableBefore(string name)
    {
        foreach (var file in _unusable.Keys.TakeWhile(file => string.CompareOrdinal(file, name) < 0).ToArray())
        {
            _unusable.Remove(file);
            _disk.Delete(PathOf(file));
        }
    }
}
