using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Backups;

/// <summary>
/// Writes a backup file. It has its name only when it is whole and synced: until then it is <c>NAME.part</c>, which Dispose deletes.
/// </summary>
internal sealed class BackupWriter : IDisposable
{
    private const string Unfinished = ".part";

    private readonly string _path;
    private readonly FileStream _file;
    private BackupRecord.Head? _head;
    private LogPosition _position;
    private DescriptionGatherer? _description;
    private long _image;
    private byte _level = FormatRange.Own.Lowest;
    private bool _isComplete;

    /// <exception cref="StoreException">The file exists, or cannot be created.</exception>
    public BackupWriter(string path)
    {
        _path = Path.GetFullPath(path);
        if (File.Exists(_path))
        {
            throw new StoreException($"{_path} exists, and a backup replaces no file. Name another file, or delete this one.");
        }

        try
        {
            _file = new FileStream(PrivateFile.Open(_path + Unfinished, FileMode.Create, FileShare.None), FileAccess.Write);
            _file.Write(BackupFormat.Header(_level));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
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
    public long Length => _file.Length;

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
        Demand(BackupReader.Follow(_position, entries), $"entries from {entries[0].Index} on came after {_position}");
        Write(new BackupRecord.Log(entries));
        foreach (ref readonly var entry in entries)
        {
            _level = Math.Max(_level, entry.Configuration?.FormatLevel ?? _level);
        }

        _position = _position.After(entries);
    }

    /// <summary>Ends the file, records its format level, syncs it, and gives it its name.</summary>
    /// <exception cref="StoreException">The disk has failed.</exception>
    public void Complete()
    {
        Demand(ImageLeft == 0, $"{ImageLeft} bytes of the state are missing");
        Write(new BackupRecord.End(_position));
        try
        {
            _file.Position = 0;
            _file.Write(BackupFormat.Header(Math.Max(_level, _description?.Snapshot?.Configuration.FormatLevel ?? _level)));
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            GiveName();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }

        _isComplete = true;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_isComplete)
        {
            File.Delete(_path + Unfinished);
        }
    }

    // Windows syncs no folder, so the name is written through.
    private void GiveName()
    {
        var part = _path + Unfinished;
        if (!OperatingSystem.IsWindows())
        {
            File.Move(part, _path);
            new FileDisk(Path.GetDirectoryName(_path)!).SyncFolder(""); // Justification: a file is in a folder.
        }
        else if (Kernel32.Rename(part, _path, isReplacing: false) is var error and not 0)
        {
            throw DiskFailure.OfWindows(part, $"cannot be renamed to {_path}", error);
        }
    }

    private void Write(BackupRecord record)
    {
        try
        {
            _file.Write(BackupFormat.Encode(record, _file.Position));
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    private StoreException Failed(Exception cause) => new($"Cannot write the backup {_path}. {cause.Message}", cause);

    private static void Demand(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The process sent a backup that contradicts itself: {problem}.");
        }
    }
}
