using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// The snapshots of one process, a file each. A snapshot is whole under its name or not there at all. Own snapshots may be saved, and
/// snapshots be read, from other threads while pieces of another one come in. What the disk refuses is an <see cref="IOException"/>.
/// </summary>
internal sealed class SnapshotFolder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly StoreOwner _owner;
    private readonly SortedDictionary<string, StoreException> _unusable = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private ImmutableArray<SnapshotFile> _kept = [];
    private SnapshotWriter? _incoming;

    /// <summary>
    /// Reads what is there, and removes what was never finished. What came in is kept until <see cref="Settle"/>, which also says whether
    /// the latest snapshot is sound.
    /// </summary>
    public SnapshotFolder(IDisk disk, string folder, StoreOwner owner)
    {
        (_disk, _folder, _owner) = (disk, folder, owner);
        MakeFolder();
        foreach (var file in disk.List(folder))
        {
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
                _notes.Add($"{disk.PathOf(PathOf(file))} is no snapshot and is left alone.");
            }
        }
    }

    /// <summary>By position, the latest last.</summary>
    public IReadOnlyList<Snapshot> Kept => [.. _kept.Select(file => file.Snapshot)];

    /// <summary>What people should know of what was found, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>
    /// After a start: what came in and was installed (the positions that the log names) gets its name; what came in and was not goes. Then
    /// the latest snapshot is read whole. Earlier ones that cannot be used are left out of <see cref="Kept"/>, with a note.
    /// </summary>
    /// <exception cref="StoreDamagedException">The latest snapshot is not what was written.</exception>
    /// <exception cref="StoreException">It is of a newer format, of another process, or cannot be read.</exception>
    public void Settle(IReadOnlyCollection<LogPosition> installed)
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

        // A name that the process before gave may be in the memory of the operating system only, and the log is discarded on its word.
        _disk.SyncFolder(_folder);
        var latest = _kept.IsEmpty ? null : SnapshotName.Of(_kept[^1].Snapshot.Position).With(SnapshotName.Whole);
        foreach (var (file, cause) in _unusable)
        {
            if (string.CompareOrdinal(file, latest) > 0)
            {
                throw cause;
            }

            _notes.Add($"An earlier snapshot is left out. {cause.Message}");
        }

        if (latest is not null)
        {
            _kept[^1].Verify();
        }
    }

    /// <summary>
    /// Written aside, synced, renamed, the folder synced. One that is not later than the latest there is does not matter and is not
    /// written.
    /// </summary>
    /// <exception cref="DiskFullException">There is no room; nothing has changed.</exception>
    public void Save(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        if (state.Length != snapshot.Length)
        {
            throw new ArgumentException($"The snapshot {snapshot} has a state of {state.Length} bytes.", nameof(state));
        }

        if (IsOutdone(snapshot.Position))
        {
            return;
        }

        var name = SnapshotName.Of(snapshot.Position);
        WriteAside(PathOf(name.With(SnapshotName.Unfinished)), snapshot, state.Span);
        GiveName(name, SnapshotName.Unfinished);
        Keep(SnapshotFile.Open(_disk, PathOf(name.With(SnapshotName.Whole))));
    }

    /// <summary>
    /// A piece of a snapshot that is coming in, each where the one before it ended; at offset 0 it begins anew, and what had come of any
    /// other goes.
    /// </summary>
    public void Write(Snapshot snapshot, long offset, ReadOnlySpan<byte> data)
    {
        if (offset == 0)
        {
            DropIncoming();
            var name = SnapshotName.Of(snapshot.Position).With(SnapshotName.Coming);
            _incoming = new SnapshotWriter(_disk, PathOf(name), _owner, snapshot);
        }

        if (_incoming is null || _incoming.Snapshot.Position != snapshot.Position || _incoming.Written != offset)
        {
            throw new InvalidOperationException($"A piece at {offset} of the snapshot {snapshot} does not follow what came before it.");
        }

        _incoming.Append(data);
    }

    /// <summary>All pieces have come: makes them durable, under a name of their own that counts only once the log says so.</summary>
    public void FinishIncoming(Snapshot snapshot)
    {
        if (_incoming?.Snapshot.Position != snapshot.Position)
        {
            throw new InvalidOperationException($"The snapshot {snapshot} is not the one that is coming in.");
        }

        _incoming.Finish();
        _incoming.Dispose();
        _disk.Rename(_incoming.Name, PathOf(SnapshotName.Of(snapshot.Position).With(SnapshotName.Arrived)));
        _disk.SyncFolder(_folder);
        _incoming = null;
    }

    /// <summary>The log says durably that the snapshot that came in is installed: it gets its name.</summary>
    public void Install(LogPosition position)
    {
        var name = SnapshotName.Of(position);
        GiveName(name, SnapshotName.Arrived);
        Keep(SnapshotFile.Open(_disk, PathOf(name.With(SnapshotName.Whole))));
    }

    /// <summary>Bytes of the state, checked.</summary>
    /// <exception cref="StoreException">There is no such snapshot any more, or it cannot be read.</exception>
    public ReadOnlyMemory<byte> Read(LogPosition position, long offset, int limit)
    {
        ImmutableArray<SnapshotFile> kept;
        lock (_lock)
        {
            kept = _kept;
        }

        return kept.FirstOrDefault(file => file.Snapshot.Position == position)?.TryRead(offset, limit)
            ?? throw new StoreException(
                $"There is no snapshot up to {position} in {_disk.PathOf(_folder)} any more. A later one can be read.");
    }

    /// <summary>Those before this index go, but never the latest.</summary>
    public void DeleteBefore(LogIndex index)
    {
        ImmutableArray<SnapshotFile> old;
        lock (_lock)
        {
            var latest = _kept.IsEmpty ? null : _kept[^1];
            old = [.. _kept.Where(file => file != latest && file.Snapshot.Position.Index < index)];
            _kept = _kept.RemoveRange(old);
        }

        // The names may come back after a power cut. Then they are deleted another time.
        foreach (var file in old)
        {
            file.Dispose();
            _disk.Delete(PathOf(SnapshotName.Of(file.Snapshot.Position).With(SnapshotName.Whole)));
        }

        DeleteUnusableBefore(new SnapshotName(index, Term.Zero).With(SnapshotName.Whole));
    }

    /// <summary>Closes the files.</summary>
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

    /// <summary>The names of all folders down to this one are durable from now on.</summary>
    private void MakeFolder()
    {
        _disk.CreateFolder(_folder);
        _disk.SyncFoldersUpFrom(_folder[..Math.Max(0, _folder.LastIndexOf('/'))]);
    }

    private void Find(SnapshotName name)
    {
        var file = PathOf(name.With(SnapshotName.Whole));
        try
        {
            Keep(Check(SnapshotFile.Open(_disk, file), name, _disk.PathOf(file)));
        }
        catch (StoreException e)
        {
            _unusable[name.With(SnapshotName.Whole)] = e;
        }
    }

    private SnapshotFile Check(SnapshotFile file, SnapshotName name, string path)
    {
        StoreException? wrong = null;
        if (SnapshotName.Of(file.Snapshot.Position) != name)
        {
            var what = $"it holds the snapshot up to {file.Snapshot.Position}, against its name";
            wrong = new StoreDamagedException(new StoreDamage(path, SnapshotFormat.HeaderSize, null, null, null, what));
        }
        else if (file.Owner != _owner)
        {
            wrong = new StoreException($"{path} belongs to {file.Owner}, and was found with {_owner}. Put it back where it came from.");
        }

        if (wrong is null)
        {
            return file;
        }

        file.Dispose();
        throw wrong;
    }

    private bool IsOutdone(LogPosition position)
    {
        lock (_lock)
        {
            return !_kept.IsEmpty && _kept[^1].Snapshot.Position.Index >= position.Index;
        }
    }

    private void WriteAside(string path, Snapshot snapshot, ReadOnlySpan<byte> state)
    {
        using var writer = new SnapshotWriter(_disk, path, _owner, snapshot);
        try
        {
            writer.Append(state);
            writer.Finish();
        }
        catch (IOException)
        {
            TryDelete(path);
            throw;
        }
    }

    // What fails here fails again at the next opening, where it counts.
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

    private void GiveName(SnapshotName name, string ending)
    {
        _disk.Rename(PathOf(name.With(ending)), PathOf(name.With(SnapshotName.Whole)));
        _disk.SyncFolder(_folder);
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
