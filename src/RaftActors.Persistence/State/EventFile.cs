using Microsoft.Win32.SafeHandles;

namespace RaftActors.Persistence.State;

/// <summary>
/// The bytes of events and snapshots of one life of a process, in files of this node. They are no copy that anything depends on: the raft
/// log and its snapshots are durable, and each life writes the files anew. So a write needs no sync.
/// <para>
/// The files are segments, which are appended to and then only read. A segment without live bytes is deleted. One with few is emptied by
/// <see cref="Sparse"/> and moving its bytes. Only the actor calls, but <see cref="Read"/> and <see cref="Hold"/>'s end are thread-safe.
/// </para>
/// </summary>
internal sealed class EventFile : IDisposable
{
    // Emptying a segment copies less than half of it within one turn of the actor: some milliseconds.
    internal const int SegmentSizeBytes = 16 * 1024 * 1024;

    // A read costs as much as some kilobytes of it. Most events of an actor are near each other, because it persists them in a row.
    private const int GapMaxBytes = 1024;
    private const int RunMaxBytes = 256 * 1024;

    // The lives in this process, each of which has names of its own for its files.
    private static int _lives;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Segment> _segments = [];
    private readonly List<Segment> _dropped = [];
    private readonly string _directory;
    private readonly bool _isTemporary;
    private readonly string _prefix = $"{Environment.ProcessId}-{Interlocked.Increment(ref _lives)}";
    private Segment? _last;
    private int _next;
    private int _holds;

    /// <param name="directory">
    /// Created if it does not exist, for this user alone. It belongs to this process of the group alone. Null: a temporary one.
    /// </param>
    public EventFile(string? directory)
    {
        _isTemporary = directory is null;
        _directory = directory ?? Directory.CreateTempSubdirectory("raft-events-").FullName;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_directory);
        }
        else
        {
            Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (var left in Directory.EnumerateFiles(_directory, "*.events"))
        {
            TryDelete(() => File.Delete(left));
        }
    }

    /// <summary>Where the files are.</summary>
    public string Folder => _directory;

    /// <summary>The bytes that are not freed.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The bytes of all files.</summary>
    public long FileBytes => _segments.Values.Sum(segment => (long)segment.Length);

    /// <exception cref="IOException">The disk is full, or has failed.</exception>
    public Place Append(byte[] bytes) => AppendAll([bytes])[0];

    /// <summary>Appends each of these to the same segment, all or none.</summary>
    /// <exception cref="IOException">The disk is full, or has failed.</exception>
    public ReadOnlySpan<Place> AppendAll(IReadOnlyList<byte[]> all)
    {
        var size = all.Sum(bytes => bytes.Length);
        if (_last is null || (_last.Length > 0 && _last.Length + (long)size > SegmentSizeBytes))
        {
            var path = Path.Combine(_directory, $"{_prefix}-{_next}.events");

            // The files of the nodes have the same content. One that cannot be written fails the callback, which the engine tries again.
#pragma warning disable RAFT004
            var handle = File.OpenHandle(
                path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.DeleteOnClose);
            if (_isTemporary && !OperatingSystem.IsWindows())
            {
                // Without this, each killed process would leave its files behind, because no later one looks into this directory.
                TryDelete(() => File.Delete(path));
            }
#pragma warning restore RAFT004

            var full = _last;
            lock (_gate)
            {
                _segments[_next] = _last = new Segment(_next, handle);
            }

            _next++;
            if (full is { Live: 0 })
            {
                Drop(full);
            }
        }

        RandomAccess.Write(_last.Handle, [.. all.Select(bytes => new ReadOnlyMemory<byte>(bytes))], _last.Length);
        var places = new Place[all.Count];
        foreach (var (i, bytes) in all.Index())
        {
            places[i] = new Place(_last.Number, _last.Length, bytes.Length);
            _last.Length += bytes.Length;
        }

        _last.Live += size;
        LiveBytes += size;
        return places;
    }

    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[] Read(Place place)
    {
        SafeFileHandle handle;
        lock (_gate)
        {
            handle = (_segments.GetValueOrDefault(place.Segment) ?? _dropped.Single(segment => segment.Number == place.Segment)).Handle;
        }

        var bytes = new byte[place.Length];
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(done), place.Offset + done);
            done += read > 0 ? read : throw new IOException(
                $"The file of events in {_directory} ends before byte {place.Offset + bytes.Length}. Leave its files alone, and restart "
                    + "the node.");
        }

        return bytes;
    }

    /// <summary>Reads the bytes of several places, those of neighbours at once.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<byte[]> ReadAll(IReadOnlyList<Place> places)
    {
        List<byte[]> all = new(places.Count);
        while (all.Count < places.Count)
        {
            var (first, end) = (places[all.Count], all.Count + 1);
            while (end < places.Count && IsNeighbour(places[end - 1], places[end]) && EndOf(places[end]) - first.Offset <= RunMaxBytes)
            {
                end++;
            }

            var run = Read(first with { Length = EndOf(places[end - 1]) - first.Offset });
            while (all.Count < end)
            {
                all.Add(run.AsSpan(places[all.Count].Offset - first.Offset, places[all.Count].Length).ToArray());
            }
        }

        return all;

        static int EndOf(Place place) => place.Offset + place.Length;

        static bool IsNeighbour(Place before, Place next) =>
            next.Segment == before.Segment && next.Offset - EndOf(before) is >= 0 and <= GapMaxBytes;
    }

    public void Free(Place place)
    {
        var segment = _segments[place.Segment];
        segment.Live -= place.Length;
        LiveBytes -= place.Length;
        if (segment.Live == 0 && segment != _last)
        {
            Drop(segment);
        }
    }

    /// <summary>Returns a segment less than half of which is live, and null if there is none. Move its bytes, and free them.</summary>
    public int? Sparse() =>
        _segments.Values.FirstOrDefault(segment => segment != _last && segment.Live < segment.Length / 2)?.Number;

    /// <summary>Keeps all bytes readable, also freed ones, until the result is disposed. Any thread may dispose it.</summary>
    public IDisposable Hold()
    {
        lock (_gate)
        {
            _holds++;
        }

        return new Holding(this);
    }

    /// <summary>Frees everything.</summary>
    public void Clear()
    {
        foreach (var segment in _segments.Values.ToList())
        {
            Drop(segment);
        }

        (_last, LiveBytes) = (null, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        if (_isTemporary)
        {
            TryDelete(() => Directory.Delete(_directory, recursive: true));
        }
    }

    private static void TryDelete(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // A snapshot of the life before still reads it, and deletes it at its end.
        }
    }

    private void Drop(Segment segment)
    {
        lock (_gate)
        {
            _segments.Remove(segment.Number);
            _dropped.Add(segment);
        }

        Close();
    }

    private void Close()
    {
        lock (_gate)
        {
            if (_holds > 0)
            {
                return;
            }

            _dropped.ForEach(segment => segment.Handle.Dispose());
            _dropped.Clear();
        }
    }

    private sealed class Segment(int number, SafeFileHandle handle)
    {
        public int Number => number;

        public SafeFileHandle Handle => handle;

        public int Length { get; set; }

        public int Live { get; set; }
    }

    private sealed class Holding(EventFile file) : IDisposable
    {
        private bool _hasEnded;

        public void Dispose()
        {
            lock (file._gate)
            {
                file._holds -= _hasEnded ? 0 : 1;
                _hasEnded = true;
            }

            file.Close();
        }
    }
}
