using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Backups;

/// <summary>
/// Writes a backup: receives a store like a lagging member, in the folder <c>NAME.ID.part</c>, and packs it into a zip there. Once the zip
/// is whole and synced, it gets the name of the backup. Dispose deletes the folder. All members block for the disk.
/// </summary>
internal sealed class BackupWriter : IDisposable
{
    private const string Zip = "zip";

    private readonly string _path;
    private readonly BackupFolder _part;
    private readonly FileDisk _folder;
    private readonly bool _isIncremental;
    private readonly FencedStore _store;
    private IncomingSnapshot? _snapshot;

    /// <param name="continues">The end of the backup that this one continues, or null.</param>
    /// <param name="identities">Mints the identities of the packed directory, or null for random ones.</param>
    /// <exception cref="StoreException">The file exists, or its folder cannot be written.</exception>
    public BackupWriter(string path, StoreOwner owner, LogPosition? continues, Func<Guid>? identities = null)
    {
        _path = Path.GetFullPath(path);
        DemandNew();
        _part = new BackupFolder(_path);
        _folder = new FileDisk(_part.Path);
        try
        {
            _part.Create();
            StoreOptions options = new() { Directory = _folder.PathOf(""), SegmentSizeBytes = 1 << 20 };
            _store = new FencedStore(StoreDirectory.Open(options, _folder, identities), owner);
            (_isIncremental, Position) = (continues is not null, continues ?? default);
            if (_isIncremental)
            {
                _store.BeginAfter(Position);
            }
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            _store?.Dispose();
            _part.Dispose();
            throw Failed(e);
        }
    }

    /// <summary>The last entry so far.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>The snapshot that is or was received, or null.</summary>
    public Snapshot? Snapshot => _snapshot?.Snapshot;

    /// <summary>The place in the transfer of the snapshot.</summary>
    public long Place => _snapshot?.Received ?? 0;

    /// <summary>The bytes of state and entries so far.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Adds a piece of a snapshot, or entries. A piece of another snapshot begins it, in place of all that was added. Returns the last
    /// entry so far.
    /// </summary>
    /// <exception cref="InvalidDataException">The part does not follow those before.</exception>
    /// <exception cref="StoreException">The disk has failed.</exception>
    public LogPosition Add(Message.SnapshotChunk? piece, LogSlice entries)
    {
        if (piece is null)
        {
            Add(entries);
        }
        else
        {
            Add(piece);
        }

        return Position;
    }

    private void Add(Message.SnapshotChunk piece)
    {
        if (_snapshot?.Snapshot.Position != piece.Snapshot.Position)
        {
            _snapshot = new IncomingSnapshot(default, piece.Snapshot, piece.SessionCount, piece.KeyCount);
        }

        if (_snapshot.TryAddTables(piece))
        {
            return;
        }

        if (!_snapshot.IsNext(piece.Data, piece.Place))
        {
            throw new InvalidDataException($"The process sent the snapshot {piece.Snapshot} up to place {Place}, and then {piece.Place}.");
        }

        _store.Add(_snapshot.Snapshot, _snapshot.Offset, piece.Data);
        _snapshot.Add(piece.Data.Length, default);
        Length += piece.Data.Length;
        Position = _snapshot.IsWhole ? _snapshot.Snapshot.Position : Position;
    }

    private void Add(LogSlice entries)
    {
        foreach (ref readonly var entry in entries)
        {
            var serial = Position.Serial.Plus(entry.Count);
            if (entry.Index != Position.Index.Next || entry.Serial != serial || entry.Term < Position.Term || entry.Time < Position.Time)
            {
                throw new InvalidDataException($"The process sent entry {entry.Index}/{entry.Term} s{entry.Serial} after {Position}.");
            }

            Position = LogPosition.Of(entry, PrefixHash.Extend(Position.Hash, entry));
            Length += entry.Size;
        }

        _store.Add(entries);
    }

    /// <summary>Ends the store, packs it, and gives the zip its name.</summary>
    /// <exception cref="StoreException">The disk has failed, or another program has written a file with this name.</exception>
    public void Complete(GroupUid group, DateTimeOffset at)
    {
        _store.End(FencedStore.Fenced with { Term = Position.Term, Group = group });
        _store.Dispose();
        try
        {
            BackupFile.Pack(_folder, Zip, at, _isIncremental);
            DemandNew();
            FileDisk disk = new(Path.GetDirectoryName(_path)!); // Justification: a file has a folder.
            disk.Rename(_folder.PathOf(Zip), _path);
            disk.SyncFolder("");
        }
        catch (Exception e) when (FileDisk.IsFailure(e) && e is not StoreException)
        {
            throw Failed(e);
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _part.Dispose();
    }

    private void DemandNew()
    {
        if (File.Exists(_path))
        {
            throw new StoreException($"{_path} exists, and a backup replaces no file. Name another file, or delete this one.");
        }
    }

    private StoreException Failed(Exception cause) => new($"Cannot write the backup {_path}. {cause.Message}", cause);
}
