using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// Writes the file of one snapshot whose length is known at its end only. Only the checksums of the blocks are kept in memory. The file
/// grows with the state. It is synced every <see cref="SyncSize"/> bytes: one sync of the whole file would delay those of the log.
/// </summary>
internal sealed class SnapshotStreamWriter : IDisposable
{
    /// <summary>The most bytes that are written between two syncs.</summary>
    internal const int SyncSize = 32 << 20;

    private readonly IDiskFile _file;
    private readonly StoreOwner _owner;
    private readonly Snapshot _description;
    private readonly uint _seed;
    private readonly BlockChecksums _checksums;
    private long _synced;

    /// <summary>Creates the file.</summary>
    public SnapshotStreamWriter(IDisk disk, string name, StoreOwner owner, Snapshot snapshot)
    {
        (_owner, Name, _description) = (owner, name, snapshot);
        _seed = SnapshotFormat.StreamSeedOf(owner, snapshot);
        _checksums = new BlockChecksums(_seed, 0);
        _file = disk.Create(name, 0);
    }

    public string Name { get; }

    /// <summary>The description, with the length so far.</summary>
    public Snapshot Snapshot => _description with { Length = _checksums.Length };

    /// <summary>Appends bytes of the state.</summary>
    public void Append(ReadOnlySpan<byte> state)
    {
        _file.Write(SnapshotFormat.StreamedHeaderSize + _checksums.Length, state);
        _checksums.Add(state);
        if (_checksums.Length - _synced >= SyncSize)
        {
            _file.Sync();
            _synced = _checksums.Length;
        }
    }

    /// <summary>Writes description, checksums and header, and syncs the file. Its name is not durable yet.</summary>
    public void Finish()
    {
        var head = SnapshotFormat.EncodeStreamed(_owner, Snapshot, _seed);
        var description = head.AsSpan(SnapshotFormat.StreamedHeaderSize);
        var end = SnapshotFormat.StreamedHeaderSize + _checksums.Length;
        _file.Write(end, description);
        _file.Write(end + description.Length, _checksums.Bytes);
        _file.Write(0, head.AsSpan(0, SnapshotFormat.StreamedHeaderSize));
        _file.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
