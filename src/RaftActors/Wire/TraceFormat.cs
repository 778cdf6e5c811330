using System.Diagnostics;

using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>The bytes of a message with traces: the traces, then the message inside with its manifest.</summary>
internal static class TraceFormat
{
    private const int TraceIdSize = 16;
    private const int SpanIdSize = 8;

    // W3C asks programs to pass on 512 characters of a trace's state. Part of a state is no state.
    private const int StateLengthMax = 512;

    // A request of a member that the connection knows has at least 2 bytes, and the trace state has 1.
    private const int LinkSizeMin = 2 + TraceIdSize + SpanIdSize + 1 + 1;

    public static WireMessage.Traced Traced(ref WireFields f, WireMessage.Traced? traced) => new(
        f.List(
            traced?.Links,
            LinkSizeMin,
            static (ref f, link) => new TraceLink(f.Request(link.Request), f.Of(link.Parent, WriteContext, ReadContext))),
        f.Of(traced?.Inner!, WireTable.WriteNamed, ReadInner)); // Justification: it is not null while it is written.

    public static void WriteContext(ByteWriter writer, ActivityContext context)
    {
        Span<byte> ids = stackalloc byte[TraceIdSize + SpanIdSize];
        context.TraceId.CopyTo(ids[..TraceIdSize]);
        context.SpanId.CopyTo(ids[TraceIdSize..]);
        writer.Rest(ids);
        writer.Octet((byte)context.TraceFlags);
        writer.Text(context.TraceState is { Length: <= StateLengthMax } state ? state : "");
    }

    public static ActivityContext ReadContext(ref ByteReader reader)
    {
        var traceId = ActivityTraceId.CreateFromBytes(reader.Raw(TraceIdSize));
        var spanId = ActivitySpanId.CreateFromBytes(reader.Raw(SpanIdSize));
        var flags = (ActivityTraceFlags)reader.Octet();
        var state = reader.Text(StateLengthMax);
        return new ActivityContext(traceId, spanId, flags, state.Length == 0 ? null : state, isRemote: true);
    }

    private static WireMessage ReadInner(ref ByteReader reader) =>
        WireTable.ReadNamed(ref reader, WireTable.TracedManifest);
}
