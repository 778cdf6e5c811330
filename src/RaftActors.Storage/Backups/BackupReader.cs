using RaftActors.Core;

namespace RaftActors.Storage.Backups;

/// <summary>Reads a backup file from its first record to its last one, and checks each. Not thread-safe.</summary>
internal sealed class BackupReader : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly DescriptionGatherer _description;
    private LogPosition _position;
    private long _image;
    private bool _hasEnded;

    /// <exception cref="StoreException">The file cannot be read, is no backup, or is damaged.</exception>
    public BackupReader(string path)
    {
        _path = Path.GetFullPath(path);
        try
        {
            _file = File.OpenRead(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot read the backup {_path}. {e.Message} Check its path and rights.", e);
        }

        try
        {
            Span<byte> header = stackalloc byte[BackupFormat.HeaderSize];
            Fill(header);
            BackupFormat.DemandHeader(header, _path);
            Head = ReadRecord() as BackupRecord.Head ?? throw Damaged(BackupFormat.HeaderSize, "its first record is no head");
            (_position, _description) = (Head.After, new DescriptionGatherer(Head.DescriptionLength));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public BackupRecord.Head Head { get; }

    /// <summary>The last entry so far.</summary>
    public LogPosition Position => _position;

    /// <summary>The latest configuration so far; null: there is none.</summary>
    public Configuration? Configuration { get; private set; }

    /// <summary>The snapshot, once its description has been read; null: not yet, or there is none.</summary>
    public Snapshot? Snapshot => _description.Snapshot;

    /// <summary>The bytes of the state in the latest record of the image, behind the description of the snapshot.</summary>
    public ReadOnlyMemory<byte> State { get; private set; }

    /// <summary>Whether entries have consecutive indexes and serials, and times that do not fall, after a position.</summary>
    public static bool Follow(LogPosition position, LogSlice entries)
    {
        foreach (ref readonly var entry in entries)
        {
            var serial = entry.IsPair ? position.Serial.Next : position.Serial;
            if (entry.Index != position.Index.Next || entry.Serial != serial || entry.Term < position.Term || entry.Time < position.Time)
            {
                return false;
            }

            position = LogPosition.Of(entry, position.Hash);
        }

        return !entries.IsEmpty;
    }

    /// <summary>Checks a whole file.</summary>
    /// <exception cref="StoreException">The file cannot be read, is no backup, or is damaged.</exception>
    public static VerifiedBackup Verify(string path)
    {
        using var reader = new BackupReader(path);
        while (reader.Next() is not null)
        {
            // Each record is checked.
        }

        return new VerifiedBackup(reader.Head, reader.Position, reader._file.Length, reader.Configuration);
    }

    /// <summary>The next record that is neither head nor end. Null: the file has ended, and is whole.</summary>
    /// <exception cref="StoreException">The file cannot be read, or is damaged.</exception>
    public BackupRecord? Next()
    {
        if (_hasEnded)
        {
            return null;
        }

        var place = _file.Position;
        switch (ReadRecord())
        {
            case BackupRecord.Image image when _position == Head.After && image.Bytes.Length <= Head.ImageLength - _image:
                _image += image.Bytes.Length;
                Gather(place, image.Bytes);
                return image;
            case BackupRecord.Log log when _image == Head.ImageLength && Follow(_position, log.Entries):
                _position = _position.After(log.Entries);
                foreach (ref readonly var entry in log.Entries)
                {
                    Configuration = entry.Configuration ?? Configuration;
                }

                return log;
            case BackupRecord.End end when _image == Head.ImageLength && end.Position == _position && _file.Position == _file.Length:
                _hasEnded = true;
                return null;
            default:
                throw Damaged(place, "a record does not follow from those before");
        }
    }

    public void Dispose() => _file.Dispose();

    private void Gather(long place, ReadOnlyMemory<byte> image)
    {
        try
        {
            State = _description.Take(image);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(place, e.Message);
        }

        Configuration ??= Snapshot?.Configuration;
        if (Snapshot is { } snapshot && (snapshot.Position != Head.After || snapshot.Length != Head.StateLength))
        {
            throw Damaged(place, $"its snapshot is {snapshot}, and its head tells of {Head.After} and {Head.StateLength} bytes");
        }
    }

    private BackupRecord ReadRecord()
    {
        var place = _file.Position;
        Span<byte> frame = stackalloc byte[BackupFormat.FrameSize];
        Fill(frame);
        var (length, expected) = BackupFormat.ReadFrame(frame);
        if (length > Math.Min(BackupFormat.RecordSizeMax, _file.Length - _file.Position))
        {
            throw Damaged(place, $"a record of {length} bytes goes beyond the end of the file, so the file was cut off");
        }

        var content = GC.AllocateUninitializedArray<byte>((int)length);
        Fill(content);
        if (BackupFormat.ChecksumOf(content, place) is var found && found != expected)
        {
            throw Damaged(place, "a record is not what was written", new ChecksumMismatch(expected, found));
        }

        try
        {
            return BackupFormat.Decode(content);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(place, e.Message);
        }
    }

    private void Fill(Span<byte> bytes)
    {
        var place = _file.Position;
        try
        {
            _file.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw Damaged(place, "the file was cut off");
        }
        catch (IOException e)
        {
            throw new StoreException($"Cannot read the backup {_path}. {e.Message} Check the disk, or use another copy.", e);
        }
    }

    private StoreException Damaged(long place, string what, ChecksumMismatch? checksum = null) => new(
        $"The backup {_path} is damaged at {place}: {what}."
        + (checksum is { } sums ? $" Its checksum should be {sums.Expected:x8}, and is {sums.Found:x8}." : "")
        + " Use another backup.");
}

/// <summary>A whole backup file.</summary>
/// <param name="End">The last entry.</param>
/// <param name="Length">Bytes of the file.</param>
/// <param name="Configuration">The latest one; null: the file, which continues another one, has none.</param>
internal readonly record struct VerifiedBackup(BackupRecord.Head Head, LogPosition End, long Length, Configuration? Configuration);
