using System.Runtime.CompilerServices;
using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>The types whose values are not written field by field.</summary>
internal static class Leaves
{
    private static readonly Dictionary<Type, Delegate> ByType = new Delegate[]
    {
        (DigestSink sink, bool value) => sink.Number(value ? 1 : 0),
        (DigestSink sink, byte value) => sink.Number(value),
        (DigestSink sink, int value) => sink.Number(value),
        (DigestSink sink, long value) => sink.Number(value),
        (DigestSink sink, ulong value) => sink.Number((long)value),
        (DigestSink sink, Guid value) => sink.Bytes(value.ToByteArray()),
        (DigestSink sink, string? value) => sink.Text(value ?? ""),
        (DigestSink sink, byte[]? value) => sink.Bytes(value),
        (DigestSink sink, ReadOnlyMemory<byte> value) => sink.Bytes(value.Span),
        (DigestSink sink, MemoryStream value) => sink.Bytes(value.GetBuffer().AsSpan(0, (int)value.Length)),
        (DigestSink sink, Ticket value) => sink.Number(Math.Max(0, value.Value - sink.Done)),
        (DigestSink sink, ProcessName value) => sink.Name(value),
        (DigestSink sink, Member value) =>
        {
            sink.Name(value.Name);
            sink.Bytes(value.Incarnation.Value.ToByteArray());
        },
        (DigestSink sink, SendWindow value) =>
        {
            sink.Number(value.Limit);
            sink.Number(value.Count);
            foreach (var (last, _) in SentOf(value))
            {
                sink.Number(last.Value);
            }
        },
    }.ToDictionary(leaf => leaf.GetType().GetGenericArguments()[1]);

    public static Delegate? Of(Type type) => ByType.GetValueOrDefault(type);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sent")]
    private static extern ref Queue<(LogIndex Last, long Size)> SentOf(SendWindow window);
}
