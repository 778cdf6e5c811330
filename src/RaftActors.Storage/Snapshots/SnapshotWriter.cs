using System.Buffers.Binary;

using RaftActors.Codec;
using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// Writes the file of one snapshot, from the first byte of the state to the last. Allocates the whole file first. Only the checksums
/// of the blocks are kept in memory.
/// </summary>
internal sealed class SnapshotWriter : IDisposable
{
    private const int WriteSize = 16 * SnapshotFormat.BlockSize;

    private readonly IDiskFile _file;
    private readonly byte[] _head;
    private readonly byte[] _checksums;
    private readonly uint _fileChecksum;
    private readonly long _stateOffset;
    private uint _checksum;

    /// <summary>Creates the file.</summary>
    /// <exception cref="DiskFullException">There is no room, and no file was created.</exception>
    public SnapshotWriter(IDisk disk, string name, StoreOwner owner, Snapshot snapshot)
    {
        Name = name;
        Snapshot = snapshot;
        _head = SnapshotFormat.Encode(owner, snapshot);
        _fileChecksum = SnapshotFormat.StatedChecksum(_head);

        // The file comes before the array: a sender's claim of the length is believed only as far as the disk has room for it.
        var checksumsLength = SnapshotFormat.BlocksOf(snapshot.Length) * SnapshotFormat.ChecksumSize;
        _stateOffset = _head.Length + checksumsLength;
        _file = disk.Create(name, _stateOffset + snapshot.Length);
        _checksums = new byte[checksumsLength];
    }

    public string Name { get; }

    public Snapshot Snapshot { get; }

    /// <summary>The number of bytes of the state written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Appends bytes of the state.</summary>
    /// <exception cref="DiskFullException">There is no room. The call had no effect and may be repeated.</exception>
    public void Append(ReadOnlySpan<byte> state)
    {
        if (state.Length > Snapshot.Length - Written)
        {
            throw new InvalidOperationException($"The snapshot {Snapshot} has no place for {state.Length} bytes at {Written}.");
        }

        var before = (Written, _checksum);
        try
        {
            while (!state.IsEmpty)
            {
                var piece = state[..Math.Min(WriteSize, state.Length)];
                _file.Write(_stateOffset + Written, piece);
                AddChecksums(piece);
                state = state[piece.Length..];
            }
        }
        catch (DiskFullException)
        {
            (Written, _checksum) = before;
            throw;
        }
    }

    /// <summary>Writes header and checksums, and syncs the file. Its name is not durable yet.</summary>
    public void Finish()
    {
        if (Written != Snapshot.Length)
        {
            throw new InvalidOperationException($"The snapshot {Snapshot} cannot be finished after {Written} bytes of its state.");
        }

        _file.Write(_head.Length, _checksums);
        _file.Write(0, _head);
        _file.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // A block may arrive in several pieces.
    private void AddChecksums(ReadOnlySpan<byte> state)
    {
        while (!state.IsEmpty)
        {
            var (block, within) = Math.DivRem(Written, SnapshotFormat.BlockSize);
            var part = state[..(int)Math.Min(SnapshotFormat.BlockSize - within, state.Length)];
            _checksum = Crc32C.Append(within == 0 ? SnapshotFormat.SeedOf(_fileChecksum, block) : _checksum, part);
            BinaryPrimitives.WriteUInt32LittleEndian(_checksums.AsSpan((int)block * SnapshotFormat.ChecksumSize), _checksum);
            Written += part.Length;
            state = state[part.Length..];
        }
    }
}
