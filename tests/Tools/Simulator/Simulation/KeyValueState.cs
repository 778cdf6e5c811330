using System.Buffers.Binary;
using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// The application: the latest value of each key, and a hash over all applied pairs. Two states are equal only if the same pairs were
/// applied in the same order.
/// </summary>
internal sealed class KeyValueState
{
    public const int Keys = 6;
    private readonly long[] _values = new long[Keys];

    public long Index { get; private set; }

    public ulong Hash { get; private set; }

    public static string KeyName(int key) => KeyNames[key];

    private static readonly string[] KeyNames = [.. Enumerable.Range(0, Keys).Select(key => $"{(char)('a' + key)}")];

    public long this[int key] => _values[key];

    public void Apply(in LogEntry entry)
    {
        Index = entry.Index.Value;
        if (entry.Payload is not Payload.Pair pair)
        {
            return;
        }

        var key = pair.Key[0] - 'a';
        var value = BinaryPrimitives.ReadInt64LittleEndian(pair.Value.Span);
        if (key is >= 0 and < Keys)
        {
            _values[key] = value;
        }

        Hash = (((Hash ^ (ulong)entry.Serial.Value) * 0x9E3779B97F4A7C15) + (ulong)value) ^ (Hash >> 29);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[(Keys + 2) * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Index);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(sizeof(long)), Hash);
        for (var key = 0; key < Keys; key++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((key + 2) * sizeof(long)), _values[key]);
        }

        return bytes;
    }

    public void Load(ReadOnlySpan<byte> bytes)
    {
        Violation.Unless(bytes.Length == (Keys + 2) * sizeof(long), "snapshot", $"a snapshot of {bytes.Length} bytes is incomplete");
        Index = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Hash = BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(long)..]);
        for (var key = 0; key < Keys; key++)
        {
            _values[key] = BinaryPrimitives.ReadInt64LittleEndian(bytes[((key + 2) * sizeof(long))..]);
        }
    }

    public void Clear()
    {
        Array.Clear(_values);
        (Index, Hash) = (0, 0);
    }
}
