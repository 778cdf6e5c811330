using System.Security.Cryptography;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>A <see cref="RequestKey"/>, as messages hold it.</summary>
internal sealed record HashedKey(RequestKeyHash Hash, Serial? Since)
{
    /// <exception cref="ArgumentException">The text is empty, or has half a surrogate pair, or the serial is negative.</exception>
    public static HashedKey Of(RequestKey key)
    {
        if (string.IsNullOrEmpty(key.Text))
        {
            throw new ArgumentException("The request key has no text. Pass a text that names the operation, or no key.");
        }

        // The receiver would take it for damage.
        ArgumentOutOfRangeException.ThrowIfNegative(key.Since.GetValueOrDefault().Value, nameof(key));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(StrictText.Encode(key.Text), hash);
        return new HashedKey(new RequestKeyHash(new Guid(hash[..16])), key.Since);
    }

    public static void Write(ByteWriter writer, HashedKey key)
    {
        writer.RequestKey(key.Hash);
        writer.Optional(key.Since, static (to, since) => to.Number(since.Value));
    }

    public static HashedKey Read(ref ByteReader reader) =>
        new(reader.RequestKey(), reader.Flag() ? new Serial(reader.Count()) : null);
}
