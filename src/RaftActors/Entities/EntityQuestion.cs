using System.Buffers.Binary;
using System.Text;

namespace RaftActors.Entities;

/// <summary>A question to one entity, as bytes: the length of its id, the id, and the encoded question.</summary>
internal static class EntityQuestion
{
    public static byte[] Write(string id, ReadOnlySpan<byte> question)
    {
        var length = Encoding.UTF8.GetByteCount(id);
        var bytes = new byte[sizeof(int) + length + question.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        Encoding.UTF8.GetBytes(id, bytes.AsSpan(sizeof(int)));
        question.CopyTo(bytes.AsSpan(sizeof(int) + length));
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are no question.</exception>
    public static (string Id, ReadOnlyMemory<byte> Question) Read(ReadOnlyMemory<byte> bytes)
    {
        var length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        return length >= 0 && length <= bytes.Length - sizeof(int)
            ? (Encoding.UTF8.GetString(bytes.Span.Slice(sizeof(int), length)), bytes[(sizeof(int) + length)..])
            : throw new InvalidDataException("The question is none to an entity. Ask by EntityClient.AskAsync.");
    }
}
