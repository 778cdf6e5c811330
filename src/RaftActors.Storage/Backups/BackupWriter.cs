using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Backups;

/// <summary>
/// Writes a backup file. It has its name only when it is whole and synced: until then it is <c>NAME.ID.part</c>, which Dispose deletes. The
/// id keeps two writers of one name apart, and nobody can guess it, so the file is never one that another user has made before.
/// </summary>
internal sealed class BackupWriter : IDisposable
{
    private readonly IDisk _disk;
    private readonly string _name;
    private readonly string _unfinished;
    private readonly IDiskFile _file;
    private BackupRecord.Head? _head;
    private LogPosition _position;
    private DescriptionGatherer? _description;
    private long _image;
    private long _length;
    private byte _level = FormatRange.Own.Lowest;
    private bool _isComplete;

    /// <exception cref="StoreException">The file exists, or cannot be created.</exception>
    public BackupWriter(string path)
        : this(new FileDisk(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path), Path.GetFileName(path))
    {
    }

    /// <param name="disk">The folder of the file.</param>
    /// <param name="name">The name of the file in it.</param>
    /// <exception cref="StoreException">The file exists, or cannot be created.</exception>
    public BackupWriter(IDisk disk, string name)
    {
        (_disk, _name, _unfinished) = (disk, name, $"{name}.{Guid.NewGuid():N}.part");
        try
        {
            DemandNew();
            _file = disk.Create(_unfinished, 0);
            Write(BackupFormat.Header(_level));
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>The bytes of the image that are missing.</summary>
    public long ImageLeft => (_head?.ImageLength ?? 0) - _image;

    /// <summary>The bytes of the image so far, which is the offset of the next ones.</summary>
    public long Image => _image;

    /// <summary>The last entry so far.</summary>
    public LogPosition Position => _position;

    /// <summary>The bytes of the file so far.</summary>
    public long Length => _length;

    public void Begin(BackupRecord.Head head)
    {
        (_head, _position, _description) = (head, head.After, new DescriptionGatherer(head.DescriptionLength));
        Write(head);
    }

    /// <summary>Adds bytes of the image.</summary>
    /// <exception cref="InvalidDataException">They are more than the head has told.</exception>
    public void Add(ReadOnlyMemory<byte> image)
    {
        Demand(image.Length <= ImageLeft, $"{image.Length} bytes of the state came, and {ImageLeft} are missing");
        Write(new BackupRecord.Image(image));
        _image += image.Length;
        _description?.Take(image);
    }

    /// <summary>Adds entries.</summary>
    /// <exception cref="InvalidDataException">They do not follow those before.</exception>
    public void Add(LogSlice entries)
    {
        Demand(BackupReader.Follow(_position, entries), $"{entries.Length} entries came after {_position}");
        Write(new BackupRecord.Log(entries));
        foreach (ref readonly var entry in entries)
        {
            _level = Math.Max(_level, entry.Configuration?.Version.Format ?? _level);
        }

        _position = _position.After(entries);
    }

    /// <summary>Ends the file, records its format level, syncs it, and gives it its name.</summary>
    /// <exception cref="StoreException">The disk has failed, or another program has written a file with this name.</exception>
    public void Complete()
    {
        Demand(ImageLeft == 0, $"{ImageLeft} bytes of the state are missing");
        Write(new BackupRecord.End(_position));
        try
        {
            _file.Write(0, BackupFormat.Header(Math.Max(_level, _description?.Snapshot?.Configuration.Version.Format ?? _level)));
            _file.Sync();
            _file.Dispose();
            DemandNew();
            _disk.Rename(_unfinished, _name);
            _isComplete = true;
            _disk.SyncFolder("");
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_isComplete)
        {
            _disk.Delete(_unfinished);
        }
    }

    private void DemandNew()
    {
        if (_disk.List("").Contains(_name))
        {
            var path = _disk.PathOf(_name);
            throw new StoreException($"{path} exists, and a backup replaces no file. Name another file, or delete this one.");
        }
    }

    private void Write(BackupRecord record)
    {
        try
        {
            Write(BackupFormat.Encode(record, _length));
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    private void Write(byte[] bytes)
    {
        _file.Write(_length, bytes);
        _length += bytes.Length;
    }

    private StoreException Failed(Exception cause) => new($"Cannot write the backup {_disk.PathOf(_name)}. {cause.Message}", cause);

    private static void Demand(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The process sent a backup that contradicts itself: {problem}.");
        }
    }
}
