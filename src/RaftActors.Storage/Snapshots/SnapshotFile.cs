using System.Buffers.Binary;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// The complete file of a snapshot. Opening reads and checks its description. Each read checks the blocks of the state that it touches.
/// Thread-safe. After Dispose, the last reader closes the file.
/// </summary>
internal sealed class SnapshotFile : IDisposable
{
    private readonly IDiskFile _file;
    private readonly string _path;
    private readonly uint _seed;
    private readonly byte[] _checksums;
    private int _users = 1;

    private SnapshotFile(IDiskFile file, string path)
    {
        (_file, _path) = (file, path);
        var header = ReadHeader();
        var stateLength = SnapshotFormat.StateLengthOf(header);
        var descriptionOffset = header.Length + stateLength;
        byte[] head = [.. header, .. ReadWhole(descriptionOffset, DescriptionLengthOf(header, stateLength))];
        var (expected, found) = (SnapshotFormat.StatedChecksum(head), SnapshotFormat.ChecksumOf(head));
        if (found != expected)
        {
            throw Damaged(0, "its header is not what was written", new(expected, found));
        }

        (Owner, Snapshot) = Decode(head.AsSpan(header.Length), descriptionOffset);
        if (Snapshot.Length != stateLength)
        {
            throw Damaged(descriptionOffset, $"its description tells of {Snapshot.Length} bytes, and its header of {stateLength}");
        }

        var checksums = SnapshotFormat.BlocksOf(stateLength) * SnapshotFormat.ChecksumSize;
        var (length, whole) = (file.Length, head.Length + stateLength + checksums);
        if (length != whole)
        {
            throw Damaged(Math.Min(length, whole), $"it has {length} bytes and should have {whole}");
        }

        _seed = SnapshotFormat.FileSeedIn(header);
        _checksums = ReadWhole(whole - checksums, (int)checksums);
    }

    public StoreOwner Owner { get; }

    public Snapshot Snapshot { get; }

    /// <summary>Opens a file and checks its description.</summary>
    /// <exception cref="StoreDamagedException">The file is damaged.</exception>
    /// <exception cref="StoreException">The file cannot be read, or has another version.</exception>
    public static SnapshotFile Open(IDisk disk, string name)
    {
        IDiskFile? file = null;
        try
        {
            file = disk.Open(name);
            return new SnapshotFile(file, disk.PathOf(name));
        }
        catch (IOException e)
        {
            file?.Dispose();
            throw e as StoreException ?? Unreadable(disk.PathOf(name), e);
        }
    }

    /// <summary>
    /// Opens a snapshot of a store, if it counts there: it belongs to the owner, and its name is that of its position. The start of a
    /// process and the tools call this, so that they agree about each file.
    /// </summary>
    /// <param name="owner">Null if the log does not tell the owner.</param>
    /// <exception cref="StoreDamagedException">The file is damaged, or does not count.</exception>
    /// <exception cref="StoreException">The file cannot be read, or has another version.</exception>
    public static SnapshotFile Open(IDisk disk, string name, StoreOwner? owner)
    {
        var opened = Open(disk, name);
        var last = name[(name.LastIndexOf('/') + 1)..];
        var found = SnapshotName.Of(opened.Snapshot.Position);
        var wrong = found.With(SnapshotName.Whole) != last && found.With(SnapshotName.Arrived) != last
            ? $"it holds the snapshot up to {opened.Snapshot.Position}, which contradicts its name"
            : owner is not null && opened.Owner != owner ? $"it belongs to {opened.Owner}, not to {owner}" : null;
        if (wrong is null)
        {
            return opened;
        }

        opened.Dispose();
        throw opened.Damaged(SnapshotFormat.HeaderSize, wrong);
    }

    /// <summary>Reads and checks the whole state.</summary>
    /// <exception cref="StoreDamagedException">The state is damaged.</exception>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Verify(CancellationToken cancellationToken = default)
    {
        var block = new byte[Math.Min(SnapshotFormat.BlockSize, Snapshot.Length)];
        for (long offset = 0; offset < Snapshot.Length; offset += block.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Read(offset, block.AsSpan(0, (int)Math.Min(block.Length, Snapshot.Length - offset)));
        }
    }

    /// <summary>
    /// Reads up to <paramref name="limit"/> checked bytes of the state. Returns fewer at its end, and null if the file was closed.
    /// </summary>
    public byte[]? TryRead(long offset, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Snapshot.Length);
        if (!TryUse())
        {
            return null;
        }

        try
        {
            var bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(limit, Snapshot.Length - offset));
            Read(offset, bytes);
            return bytes;
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Releases one use, of the folder or of a reader.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _file.Dispose();
        }
    }

    /// <summary>Releases the use of the folder after the file was deleted. Does not wait until its blocks are free.</summary>
    public void DisposeDeleted()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _file.DisposeDeleted();
        }
    }

    private byte[] ReadHeader()
    {
        var header = new byte[SnapshotFormat.HeaderSize];
        var read = _file.Read(0, header);
        if (read < header.Length)
        {
            throw Damaged(read, "it ends within its header");
        }

        if (!header.AsSpan().StartsWith(SnapshotFormat.Magic))
        {
            throw Damaged(0, "it does not begin with the magic of a snapshot");
        }

        StoreException.DemandLevel(SnapshotFormat.LevelOf(header), _path);
        return SnapshotFormat.HeaderSizeOf(header) == header.Length ? header : throw WithImpossibleSizes(header);
    }

    private int DescriptionLengthOf(byte[] header, long stateLength)
    {
        var length = SnapshotFormat.DescriptionLengthOf(header);
        var room = _file.Length - header.Length - stateLength;
        return stateLength >= 0 && length <= Math.Min(room, Array.MaxLength - header.Length)
            ? (int)length
            : throw WithImpossibleSizes(header);
    }

    private (StoreOwner Owner, Snapshot Snapshot) Decode(ReadOnlySpan<byte> description, long offset)
    {
        try
        {
            var (group, name, snapshot) = SnapshotFormat.DecodeDescription(description);
            return (new StoreOwner(group, new ProcessName(name)), snapshot);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw Damaged(offset, $"its description cannot be decoded: {e.Message.TrimEnd('.')}");
        }
    }

    private byte[] ReadWhole(long offset, int length)
    {
        var bytes = new byte[length];
        ReadInto(offset, bytes);
        return bytes;
    }

    private bool TryUse()
    {
        for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
        {
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads whole blocks in place. The first and the last block may be read in part, through a buffer.</summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    private void Read(long offset, Span<byte> wanted)
    {
        try
        {
            while (!wanted.IsEmpty)
            {
                var (number, within) = Math.DivRem(offset, SnapshotFormat.BlockSize);
                var length = (int)Math.Min(SnapshotFormat.BlockSize, Snapshot.Length - (offset - within));
                var taken = wanted[..(int)Math.Min(length - within, wanted.Length)];
                var block = taken.Length == length ? taken : new byte[length];
                ReadBlock(number, block);
                if (taken.Length < length)
                {
                    block.Slice((int)within, taken.Length).CopyTo(taken);
                }

                offset += taken.Length;
                wanted = wanted[taken.Length..];
            }
        }
        catch (IOException e) when (e is not StoreException)
        {
            throw Unreadable(_path, e);
        }
    }

    private void ReadBlock(long number, Span<byte> block)
    {
        var offset = SnapshotFormat.HeaderSize + (number * SnapshotFormat.BlockSize);
        ReadInto(offset, block);
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(_checksums.AsSpan((int)number * SnapshotFormat.ChecksumSize));
        var found = Crc32C.Append(SnapshotFormat.SeedOf(_seed, number), block);
        if (found != expected)
        {
            throw Damaged(offset, $"block {number} of the state is not what was written", new(expected, found));
        }
    }

    private void ReadInto(long offset, Span<byte> bytes)
    {
        var read = _file.Read(offset, bytes);
        if (read < bytes.Length)
        {
            throw Damaged(offset + read, "it ends too early");
        }
    }

    private StoreDamagedException WithImpossibleSizes(byte[] header) => Damaged(header.Length, "its header has impossible sizes");

    private StoreDamagedException Damaged(long offset, string what, ChecksumMismatch? checksum = null) =>
        new(new StoreDamage(_path, offset, null, checksum, what));

    private static StoreException Unreadable(string path, IOException cause) =>
        new($"The snapshot {path} cannot be read. {cause.Message}", cause);
}
