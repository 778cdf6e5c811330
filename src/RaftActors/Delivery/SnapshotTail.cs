using System.Buffers.Binary;

using RaftActors.Core.Codec;
using RaftActors.Storage;

namespace RaftActors.Delivery;

/// <summary>
/// The end of a snapshot, behind the state of the actor: the section of the <see cref="KeptResults"/>, and a footer. The footer has the
/// length of the section, its CRC-32C and <see cref="Magic"/>, whose last character is the version. It comes last, because the length of a
/// streamed state is known only at its end.
/// </summary>
internal static class SnapshotTail
{
    public const int FooterSize = 16;

    private const int ChecksumAt = 4;
    private const int MagicAt = 8;

    // More than full tables need: their results and reminders, and at most 16 bytes of serial and length for each result.
    private const int SectionSizeMax = (2 * (KeptResults.BytesMax + (KeptResults.CountMax * 16))) + Reminders.SectionSizeMax;

    private static ReadOnlySpan<byte> Magic => "RaftRes1"u8;

    /// <summary>Returns a writer of a state and the results as they are now.</summary>
    public static StateWriter Append(StateWriter state, KeptResults results)
    {
        var tail = Of(results);
        return async (stream, stopping) =>
        {
            await state(stream, stopping).ConfigureAwait(false);
            stream.Write(tail);
        };
    }

    /// <summary>Returns the bytes behind the state.</summary>
    public static byte[] Of(KeptResults results)
    {
        var section = results.ToSection();
        var tail = new byte[section.Length + FooterSize];
        section.CopyTo(tail, 0);
        var footer = tail.AsSpan(section.Length);
        BinaryPrimitives.WriteInt32LittleEndian(footer, section.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[ChecksumAt..], Crc32C.Of(section));
        Magic.CopyTo(footer[MagicAt..]);
        return tail;
    }

    /// <summary>Returns the size of the tail that ends with this footer.</summary>
    /// <param name="length">The length of the snapshot.</param>
    /// <exception cref="StoreException">The footer is damaged.</exception>
    public static int SizeOf(ReadOnlySpan<byte> footer, long length)
    {
        if (footer.Length < FooterSize || !footer[MagicAt..].SequenceEqual(Magic))
        {
            throw Damaged("they have no footer");
        }

        var section = BinaryPrimitives.ReadInt32LittleEndian(footer);
        return section is >= 0 and <= SectionSizeMax && section <= length - FooterSize
            ? section + FooterSize
            : throw Damaged($"their length is {section}, and the snapshot has {length} bytes");
    }

    /// <param name="tail">As many bytes as <see cref="SizeOf"/> returns.</param>
    /// <exception cref="StoreException">The tail is damaged.</exception>
    public static ReadOnlySpan<byte> SectionOf(ReadOnlySpan<byte> tail)
    {
        var section = tail[..^FooterSize];
        var (expected, found) = (BinaryPrimitives.ReadUInt32LittleEndian(tail[^(FooterSize - ChecksumAt)..]), Crc32C.Of(section));
        return expected == found ? section : throw Damaged($"their checksum should be {expected:x8}, and is {found:x8}");
    }

    /// <exception cref="StoreException">The footer is damaged.</exception>
    public static ReadOnlyMemory<byte> StateOf(ReadOnlyMemory<byte> snapshot) =>
        snapshot[..^SizeOf(snapshot.Span[^Math.Min(FooterSize, snapshot.Length)..], snapshot.Length)];

    public static StoreException Damaged(string what, Exception? cause = null) => new(
        $"The results behind the state of the snapshot are damaged: {what}. Stop the node, run 'raft log forget' for the group, "
        + "and start the node: its process rejoins the group.",
        cause);
}
