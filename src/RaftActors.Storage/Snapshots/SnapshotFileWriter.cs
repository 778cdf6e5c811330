using System.Buffers.Binary;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// Writes the file of one snapshot, from the first byte of the state to the last. Only the checksums of the blocks are kept in memory. The
/// file is synced every <see cref="SyncSize"/> bytes, because one sync of the whole file would delay those of the log.
/// </summary>
internal sealed class SnapshotFileWriter : IDisposable
{
    /// <summary>The most bytes that are written between two syncs.</summary>
    internal const int SyncSize = 4 << 20;

    private const int WriteSize = 16 * SnapshotFormat.BlockSize;

    private readonly IDiskFile _file;
    private readonly StoreOwner _owner;
    private readonly Snapshot _description;
    private readonly long? _length;
    private readonly uint _seed;
    private readonly List<uint> _checksums = [];
    private long _synced;

    /// <param name="length">The length of the state. The whole file is allocated first, so a full disk shows before anything is written.
    /// If the length is null, it is known only at the end, and the file grows with the state.</param>
    /// <exception cref="DiskFullException">There is no room, and no file was created.</exception>
    public SnapshotFileWriter(IDisk disk, string name, StoreOwner owner, Snapshot snapshot, long? length)
    {
        (_owner, Name, _description, _length) = (owner, name, snapshot, length);
        _seed = SnapshotFormat.FileSeedOf(owner, snapshot);
        _file = disk.Create(name, length is { } whole ? SizeOf(whole) : 0);
    }

    public string Name { get; }

    /// <summary>The description, with the length so far.</summary>
    public Snapshot Snapshot => _description with { Length = Written };

    /// <summary>The bytes of the state written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Appends bytes of the state.</summary>
    /// <exception cref="DiskFullException">There is no room. The call had no effect and may be repeated.</exception>
    public void Append(ReadOnlySpan<byte> state)
    {
        if (state.Length > _length - Written)
        {
            throw new InvalidOperationException($"The snapshot {_description} has no place for {state.Length} bytes at {Written}.");
        }

        for (var at = 0; at < state.Length; at += WriteSize)
        {
            _file.Write(SnapshotFormat.HeaderSize + Written + at, state[at..Math.Min(at + WriteSize, state.Length)]);
        }

        // Only now, because a call without room has no effect.
        AddChecksums(state);
        if (Written - _synced >= SyncSize)
        {
            _file.Sync();
            _synced = Written;
        }
    }

    /// <summary>Writes description, checksums and header, and syncs the file. Its name is not durable yet.</summary>
    public void Finish()
    {
        if (_length is { } length && Written != length)
        {
            throw new InvalidOperationException($"The snapshot {_description} cannot be finished after {Written} bytes of its state.");
        }

        var head = SnapshotFormat.Encode(_owner, Snapshot, _seed);
        var description = head.AsSpan(SnapshotFormat.HeaderSize);
        var end = SnapshotFormat.HeaderSize + Written;
        _file.Write(end, description);
        _file.Write(end + description.Length, ChecksumBytes());
        _file.Write(0, head.AsSpan(0, SnapshotFormat.HeaderSize));
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();

    // A block may arrive in several pieces. Until it is whole, the last checksum is that of its beginning.
    private void AddChecksums(ReadOnlySpan<byte> state)
    {
        while (!state.IsEmpty)
        {
            var (block, within) = Math.DivRem(Written, SnapshotFormat.BlockSize);
            var part = state[..(int)Math.Min(SnapshotFormat.BlockSize - within, state.Length)];
            if (within == 0)
            {
                _checksums.Add(SnapshotFormat.SeedOf(_seed, block));
            }

            _checksums[^1] = Crc32C.Append(_checksums[^1], part);
            Written += part.Length;
            state = state[part.Length..];
        }
    }

    private byte[] ChecksumBytes()
    {
        var bytes = new byte[_checksums.Count * SnapshotFormat.ChecksumSize];
        for (var block = 0; block < _checksums.Count; block++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(block * SnapshotFormat.ChecksumSize), _checksums[block]);
        }

        return bytes;
    }

    private long SizeOf(long length) =>
        SnapshotFormat.Encode(_owner, _description with { Length = length }, _seed).Length
        + length
        + (SnapshotFormat.BlocksOf(length) * SnapshotFormat.ChecksumSize);
}
