namespace RaftActors.Testing.DiskModel;

/// <summary>The contents of a file, independent of its name: the durable bytes, and the operations since.</summary>
internal sealed class ModelFile(int number, string name, byte[] safe)
{
    private readonly List<Change> _changes = [];
    private byte[] _safe = safe;
    private byte[] _now = [.. safe];

    public int Number { get; } = number;

    /// <summary>Its latest name.</summary>
    public string Name { get; set; } = name;

    /// <summary>The bytes that a read returns now.</summary>
    public ReadOnlySpan<byte> Bytes => _now;

    public void Empty(long size, int operation)
    {
        _changes.Add(new Change(new OpenPoint(operation, $"room for {size} in {Name}", Fate.OfRoom), size, 0, default));
        _now = new byte[size];
    }

    public void Write(long offset, ReadOnlyMemory<byte> bytes, int operation)
    {
        var end = offset + bytes.Length;
        var fates = Fate.OfWrite(offset, bytes.Length, end > _now.Length);
        _changes.Add(new Change(new OpenPoint(operation, $"{Name} [{offset}, {end})", fates), null, offset, bytes));
        _now = Put(_now, offset, bytes.Span);
    }

    /// <summary>Makes all writes durable, except those in doubt.</summary>
    public void Sync()
    {
        if (_changes.TrueForAll(change => !change.IsInDoubt))
        {
            _changes.Clear();
            _safe = [.. _now];
        }

        foreach (var change in _changes)
        {
            change.IsSafe |= !change.IsInDoubt;
        }
    }

    public void FailSync()
    {
        foreach (var change in _changes)
        {
            change.IsInDoubt |= !change.IsSafe;
        }
    }

    /// <summary>The operations that are not durable.</summary>
    public IEnumerable<OpenPoint> Open() => _changes.Where(change => !change.IsSafe).Select(change => change.Point);

    /// <summary>The bytes after a cut, given the fate of each operation that is not durable.</summary>
    public byte[] Found(Func<OpenPoint, Fate> fateOf) =>
        _changes.Aggregate(_safe, (bytes, change) => change.Apply(bytes, change.IsSafe ? Fate.Kept : fateOf(change.Point)));

    private static byte[] Put(byte[] file, long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset + bytes.Length > file.Length)
        {
            Array.Resize(ref file, (int)offset + bytes.Length);
        }

        bytes.CopyTo(file.AsSpan((int)offset));
        return file;
    }

    /// <summary>An allocation, or a write.</summary>
    /// <param name="Room">The allocated bytes, or null for a write.</param>
    private sealed record Change(OpenPoint Point, long? Room, long Offset, ReadOnlyMemory<byte> Bytes)
    {
        public bool IsSafe { get; set; }

        public bool IsInDoubt { get; set; }

        public byte[] Apply(byte[] file, Fate fate)
        {
            if (fate.Kind == FateKind.Lost)
            {
                return file;
            }

            if (Room is { } room)
            {
                return new byte[fate.Kind == FateKind.HalfRoom ? room / 2 : room];
            }

            file = [.. file];
            var (start, end) = (fate.Start, fate.End);
            return fate.Kind switch
            {
                FateKind.Only => Put(file, Offset + start, Bytes.Span[start..end]),
                FateKind.AllBut => Put(Put(file, Offset, Bytes.Span[..start]), Offset + end, Bytes.Span[end..]),
                FateKind.LengthOnly => Put(file, Offset + Bytes.Length, []),
                _ => Put(file, Offset, Bytes.Span),
            };
        }
    }
}
