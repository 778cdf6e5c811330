using System.Buffers;
using System.Buffers.Binary;

using RaftActors.Codec;
using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// A snapshot's file that is whole under its name. Its description is read and checked when it is opened, its state block by block when it
/// is asked for. It may be read from several threads, and closed meanwhile: then the last reader closes it.
/// </summary>
internal sealed class SnapshotFile : IDisposable
{
    private const int VerifySize = 16 * SnapshotFormat.BlockSize;

    private readonly IDiskFile _file;
    private readonly string _path;
    private readonly uint _fileChecksum;
    private readonly long _stateOffset;
    private readonly byte[] _checksums;
    private int _users = 1;

    private SnapshotFile(IDiskFile file, string path)
    {
        _file = file;
        _path = path;
        var head = ReadHead();
        _fileChecksum = SnapshotFormat.StatedChecksum(head);
        (Owner, Snapshot) = Decode(head);
        var blocks = SnapshotFormat.BlocksOf(Snapshot.Length);
        var (expected, actual) = (head.Length + (blocks * SnapshotFormat.ChecksumSize) + Snapshot.Length, file.Length);
        if (actual != expected)
        {
            throw Damaged(Math.Min(actual, expected), $"it has {actual} bytes and should have {expected}");
        }

        _checksums = ReadWhole(head.Length, (int)(blocks * SnapshotFormat.ChecksumSize));
        _stateOffset = head.Length + _checksums.Length;
    }

    /// <summary>Whose it is.</summary>
    public StoreOwner Owner { get; }

    /// <summary>What it is of.</summary>
    public Snapshot Snapshot { get; }

    /// <exception cref="StoreDamagedException">It is not what was written.</exception>
    /// <exception cref="StoreException">It cannot be read, or only by a newer program.</exception>
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

    /// <summary>Reads all of the state.</summary>
    /// <exception cref="StoreDamagedException">It is not what was written.</exception>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public void Verify()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(VerifySize);
        try
        {
            for (long offset = 0; offset < Snapshot.Length; offset += VerifySize)
            {
                ReadChecked(offset, buffer.AsSpan(0, (int)Math.Min(VerifySize, Snapshot.Length - offset)));
            }
        }
        catch (IOException e) when (e is not StoreException)
        {
            throw Unreadable(_path, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Bytes of the state, checked; null: it was closed.</summary>
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
        catch (IOException e) when (e is not StoreException)
        {
            throw Unreadable(_path, e);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>For the folder once, and for each reader.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _file.Dispose();
        }
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

    /// <summary>Whole blocks go where they are wanted; of the first and the last a part may be wanted only.</summary>
    private void Read(long offset, Span<byte> wanted)
    {
        while (!wanted.IsEmpty)
        {
            var within = (int)(offset % SnapshotFormat.BlockSize);
            var blockLength = (int)Math.Min(SnapshotFormat.BlockSize, Snapshot.Length - (offset - within));
            var taken = Math.Min(blockLength - within, wanted.Length);
            if (taken == blockLength)
            {
                ReadChecked(offset, wanted[..taken]);
            }
            else
            {
                ReadPart(offset - within, blockLength, within, wanted[..taken]);
            }

            offset += taken;
            wanted = wanted[taken..];
        }
    }

    private void ReadPart(long offset, int blockLength, int within, Span<byte> wanted)
    {
        var block = ArrayPool<byte>.Shared.Rent(blockLength);
        try
        {
            ReadChecked(offset, block.AsSpan(0, blockLength));
            block.AsSpan(within, wanted.Length).CopyTo(wanted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Whole blocks, the last of the state included.</summary>
    private void ReadChecked(long offset, Span<byte> blocks)
    {
        ReadInto(_stateOffset + offset, blocks);
        while (!blocks.IsEmpty)
        {
            var block = offset / SnapshotFormat.BlockSize;
            var bytes = blocks[..Math.Min(SnapshotFormat.BlockSize, blocks.Length)];
            var expected = BinaryPrimitives.ReadUInt32LittleEndian(_checksums.AsSpan((int)block * SnapshotFormat.ChecksumSize));
            var found = Crc32C.Append(SnapshotFormat.SeedOf(_fileChecksum, block), bytes);
            if (found != expected)
            {
                throw Damaged(_stateOffset + offset, $"block {block} of the state is not what was written", expected, found);
            }

            offset += bytes.Length;
            blocks = blocks[bytes.Length..];
        }
    }

    private byte[] ReadHead()
    {
        var header = new byte[SnapshotFormat.HeaderSize];
        var read = _file.Read(0, header);
        if (read < header.Length)
        {
            throw Damaged(read, "it ends within its header");
        }

        if (!header.AsSpan().StartsWith(SnapshotFormat.Magic))
        {
            throw Damaged(0, "it does not begin as a snapshot does");
        }

        var version = SnapshotFormat.VersionOf(header);
        if (version > SnapshotFormat.Version)
        {
            throw new StoreException(
                $"{_path} has version {version} of the format of snapshots, and this program knows {SnapshotFormat.Version}. Start the "
                + "program that wrote it, or a newer one.");
        }

        var length = SnapshotFormat.DescriptionLengthOf(header);
        var lengthMax = Math.Min(_file.Length, Array.MaxLength) - header.Length;
        if (version == 0 || SnapshotFormat.HeaderSizeOf(header) != SnapshotFormat.HeaderSize || length > lengthMax)
        {
            throw Damaged(header.Length, "its header makes no sense");
        }

        var head = ReadWhole(0, header.Length + (int)length);
        var (expected, found) = (SnapshotFormat.StatedChecksum(head), SnapshotFormat.ChecksumOf(head));
        return found == expected ? head : throw Damaged(0, "its header is not what was written", expected, found);
    }

    private (StoreOwner Owner, Snapshot Snapshot) Decode(byte[] head)
    {
        try
        {
            var (group, name, snapshot) = SnapshotFormat.DecodeDescription(head.AsSpan(SnapshotFormat.HeaderSize));
            return (new StoreOwner(group, new ProcessName(name)), snapshot);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw Damaged(SnapshotFormat.HeaderSize, $"its description cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private byte[] ReadWhole(long offset, int length)
    {
        var bytes = new byte[length];
        ReadInto(offset, bytes);
        return bytes;
    }

    private void ReadInto(long offset, Span<byte> bytes)
    {
        var read = _file.Read(offset, bytes);
        if (read < bytes.Length)
        {
            throw Damaged(offset + read, "it ends too early");
        }
    }

    private StoreDamagedException Damaged(long offset, string what, uint? expected = null, uint? found = null) =>
        new(new StoreDamage(_path, offset, null, expected, found, what));

    private static StoreException Unreadable(string path, IOException cause) =>
        new($"The snapshot {path} cannot be read. {cause.Message}", cause);
}
