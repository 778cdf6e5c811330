using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Snapshots;

/// <summary>The checked description of a snapshot file, and the places of its parts.</summary>
internal sealed class SnapshotHead
{
    private readonly IDiskFile _file;
    private readonly string _path;
    private readonly long _checksumsOffset;

    /// <summary>Reads and checks header and description, and the length of the file.</summary>
    /// <exception cref="StoreDamagedException">The file is damaged.</exception>
    /// <exception cref="StoreException">The file has a level that this program does not read.</exception>
    public SnapshotHead(IDiskFile file, string path)
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

        Seed = SnapshotFormat.FileSeedIn(header);
        _checksumsOffset = stateLength + head.Length;
        DemandLength(head.Length + ChecksumsLength + Snapshot.Length);
    }

    public StoreOwner Owner { get; }

    public Snapshot Snapshot { get; }

    public uint Seed { get; }

    private long ChecksumsLength => SnapshotFormat.BlocksOf(Snapshot.Length) * SnapshotFormat.ChecksumSize;

    public byte[] ReadChecksums() => ReadWhole(_checksumsOffset, (int)ChecksumsLength);

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

    private void DemandLength(long expected)
    {
        var actual = _file.Length;
        if (actual != expected)
        {
            throw Damaged(Math.Min(actual, expected), $"it has {actual} bytes and should have {expected}");
        }
    }

    private byte[] ReadWhole(long offset, int length)
    {
        var bytes = new byte[length];
        var read = _file.Read(offset, bytes);
        return read == length ? bytes : throw Damaged(offset + read, "it ends too early");
    }

    private StoreDamagedException WithImpossibleSizes(byte[] header) => Damaged(header.Length, "its header has impossible sizes");

    private StoreDamagedException Damaged(long offset, string what, ChecksumMismatch? checksum = null) =>
        new(new StoreDamage(_path, offset, null, checksum, what));
}
