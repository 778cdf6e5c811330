using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// Writes the file of one snapshot of known length, from the first byte of the state to the last. Allocates the whole file first. Only the
/// checksums of the blocks are kept in memory. Syncs as often as <see cref="SnapshotStreamWriter"/>.
/// </summary>
internal sealed class SnapshotWriter : IDisposable
{
    private const int WriteSize = 16 * SnapshotFormat.BlockSize;

    private readonly IDiskFile _file;
    private readonly byte[] _head;
    private readonly BlockChecksums _checksums;
    private readonly long _stateOffset;
    private long _synced;

    /// <summary>Creates the file.</summary>
    /// <exception cref="DiskFullException">There is no room, and no file was created.</exception>
    public SnapshotWriter(IDisk disk, string name, StoreOwner owner, Snapshot snapshot)
    {
        Name = name;
        Snapshot = snapshot;
        _head = SnapshotFormat.Encode(owner, snapshot);

        // The file comes before the array: a sender's claim of the length is believed only as far as the disk has room for it.
        var blocks = SnapshotFormat.BlocksOf(snapshot.Length);
        _stateOffset = _head.Length + (blocks * SnapshotFormat.ChecksumSize);
        _file = disk.Create(name, _stateOffset + snapshot.Length);
        _checksums = new BlockChecksums(SnapshotFormat.StatedChecksum(_head), blocks);
    }

    public string Name { get; }

    public Snapshot Snapshot { get; }

    /// <summary>The number of bytes of the state written so far.</summary>
    public long Written => _checksums.Length;

    /// <summary>Appends bytes of the state.</summary>
    /// <exception cref="DiskFullException">There is no room. The call had no effect and may be repeated.</exception>
    public void Append(ReadOnlySpan<byte> state)
    {
        if (state.Length > Snapshot.Length - Written)
        {
            throw new InvalidOperationException($"The snapshot {Snapshot} has no place for {state.Length} bytes at {Written}.");
        }

        var before = _checksums.Mark;
        try
        {
            while (!state.IsEmpty)
            {
                var piece = state[..Math.Min(WriteSize, state.Length)];
                _file.Write(_stateOffset + Written, piece);
                _checksums.Add(piece);
                state = state[piece.Length..];
            }
        }
        catch (DiskFullException)
        {
            _checksums.Rewind(before);
            throw;
        }

        if (Written - _synced >= SnapshotStreamWriter.SyncSize)
        {
            _file.Sync();
            _synced = Written;
        }
    }

    /// <summary>Writes header and checksums, and syncs the file. Its name is not durable yet.</summary>
    public void Finish()
    {
        if (Written != Snapshot.Length)
        {
            throw new InvalidOperationException($"The snapshot {Snapshot} cannot be finished after {Written} bytes of its state.");
        }

        _file.Write(_head.Length, _checksums.Bytes);
        _file.Write(0, _head);
        _file.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
