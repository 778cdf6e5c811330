using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Backups;

/// <summary>Gathers the description of a snapshot, which begins the image of a backup, from the pieces of the image.</summary>
/// <param name="length">Bytes of the description.</param>
internal sealed class DescriptionGatherer(long length)
{
    private readonly MemoryStream _bytes = new();

    /// <summary>The description. Null: it is not whole yet.</summary>
    public Snapshot? Snapshot { get; private set; }

    /// <summary>Takes the next piece of the image.</summary>
    /// <returns>The bytes after the description.</returns>
    /// <exception cref="InvalidDataException">The description is none.</exception>
    public ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> image)
    {
        var taken = (int)Math.Min(length - _bytes.Length, image.Length);
        _bytes.Write(image.Span[..taken]);
        if (Snapshot is null && _bytes.Length == length)
        {
            var reader = new ByteReader(_bytes.ToArray());
            Snapshot = EntryFormat.ReadSnapshot(ref reader);
            reader.End();
        }

        return image[taken..];
    }
}
