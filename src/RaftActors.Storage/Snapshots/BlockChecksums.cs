using System.Buffers.Binary;

using RaftActors.Core.Codec;

namespace RaftActors.Storage.Snapshots;

/// <summary>The checksums of the blocks of a state that is written from its first byte to its last. They take 4 bytes for 64 KiB.</summary>
/// <param name="fileSeed">See <see cref="SnapshotFormat.FileSeedOf"/>.</param>
internal sealed class BlockChecksums(uint fileSeed)
{
    private byte[] _bytes = [];
    private uint _checksum;

    public long Length { get; private set; }

    /// <summary>The checksums of all blocks so far. The last one may grow.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, (int)SnapshotFormat.BlocksOf(Length) * SnapshotFormat.ChecksumSize);

    /// <summary>The place to which <see cref="Rewind"/> returns.</summary>
    public (long Length, uint Checksum) Mark => (Length, _checksum);

    /// <summary>Adds the next bytes of the state. A block may arrive in several pieces.</summary>
    public void Add(ReadOnlySpan<byte> state)
    {
        while (!state.IsEmpty)
        {
            var (block, within) = Math.DivRem(Length, SnapshotFormat.BlockSize);
            var part = state[..(int)Math.Min(SnapshotFormat.BlockSize - within, state.Length)];
            _checksum = Crc32C.Append(within == 0 ? SnapshotFormat.SeedOf(fileSeed, block) : _checksum, part);
            var place = (int)block * SnapshotFormat.ChecksumSize;
            if (place == _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(16 * SnapshotFormat.ChecksumSize, 2 * place));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(place), _checksum);
            Length += part.Length;
            state = state[part.Length..];
        }
    }

    /// <summary>Forgets the bytes that were added since the mark.</summary>
    public void Rewind((long Length, uint Checksum) mark) => (Length, _checksum) = mark;
}
