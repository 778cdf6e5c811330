using System.Collections.Frozen;
using System.Text;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>
/// All kinds of messages between nodes: the manifest, the type and the codec of each. A manifest never changes, and is never used again
/// for another kind.
/// </summary>
internal static class WireTable
{
    public const string PresenceManifest = "p";

    public const string BeatManifest = "n";

    public const string TracedManifest = "z";

    public const string CallManifest = "k";
    public const string ReplyManifest = "kr";

    private static readonly Kind[] Kinds =
    [
        Of<WireMessage.Presence>(PresenceManifest, WireFormat.Presence),
        Of<WireMessage.NodeBeat>(BeatManifest, WireFormat.Beat),
        Of<WireMessage.Leaving>("l", (ref f, leaving) => new(IsReply: f.Flag(leaving?.IsReply), Process: f.Name(leaving?.Process))),
        Of<WireMessage.Digest>("e", WireFormat.Digest),
        Of<WireMessage.Traced>(TracedManifest, TraceFormat.Traced),
        Of<WireMessage.AppendRequest>("a", WireFormat.WriteAppend, WireFormat.ReadAppend),
        Of<AppendReply>("ar", WireFormat.AppendReply),
        Of<WireMessage.GetRequest>(
            "g", (ref f, get) => new(f.Request(get?.Request), f.Serial(get?.Serial), f.Index(get?.AskerCommit))),
        Of<GetReply>("gr", WireFormat.GetReply),
        Of<WireMessage.Call>(
            CallManifest,
            (writer, call) => writer.Rest(call.Frame.Span),
            (ref reader) => new WireMessage.Call(reader.Rest().ToArray())),
        Of<WireMessage.Reply>(
            ReplyManifest,
            (writer, reply) => writer.Rest(reply.Frame.Span),
            (ref reader) => new WireMessage.Reply(reader.Rest().ToArray())),
        OfCore<Message.Greeting>("cg", EnvelopeFormat.Greeting),
        OfCore<Message.RequestVote>(
            "cv", (ref f, vote) => new(f.Position(vote?.Position), f.Flag(vote?.IsPreVote), f.Flag(vote?.IsTransfer))),
        OfCore<Message.RequestVoteReply>(
            "cw", (ref f, reply) => new(f.Flag(reply?.Granted), f.Flag(reply?.IsPreVote), f.Boot(reply?.Asked))),
        OfCore<Message.AppendEntries>("ca", EnvelopeFormat.WriteAppendEntries, EnvelopeFormat.ReadAppendEntries),
        OfCore<Message.AppendEntriesReply>("cb", EnvelopeFormat.WriteAppendEntriesReply, EnvelopeFormat.ReadAppendEntriesReply),
        OfCore<Message.Quiesce>("cq", (ref f, question) => new(f.Position(question?.Last))),
        OfCore<Message.QuiesceReply>("cd", (ref f, reply) => new(f.Index(reply?.Last), f.Flag(reply?.Agrees))),
        OfCore<Message.TimeoutNow>("ct", (ref _, _) => Message.TimeoutNow.Instance),
        OfCore<Message.ReadIndex>("ci", (ref f, question) => new(new(f.Count(question?.Id.Value)), f.Flag(question?.MayUseLease))),
        OfCore<Message.ReadIndexReply>("cj", (ref f, reply) => new(new(f.Count(reply?.Id.Value)), f.OptionalIndex(reply?.Index))),
        OfCore<Message.SnapshotChunk>("cs", EnvelopeFormat.Chunk),
        OfCore<Message.SnapshotChunkReply>(
            "cu",
            (ref f, reply) => new(f.Position(reply?.Snapshot), f.Count(reply?.NextPlace), f.Count(reply?.Round))
            {
                Promise = f.Count(reply?.Promise),
            }),
        OfCore<Message.ComparePrefix>(
            "cp", (ref f, compare) => new(f.Index(compare?.Agreed), f.Index(compare?.Differs), f.Position(compare?.Mine))),
        OfCore<Message.Refusal>("cx", EnvelopeFormat.Refusal),
    ];

    private static readonly FrozenDictionary<Type, Kind> ByType = Kinds.ToFrozenDictionary(kind => kind.Type);

    // Invariant: a manifest has one or two letters of ASCII.
    private static readonly FrozenDictionary<int, Kind> ByNumber = Kinds.ToFrozenDictionary(kind => NumberOf(kind.ManifestBytes));

    /// <summary>The type of each kind of message. For a <see cref="WireMessage.CoreMessage"/> it is that of the body.</summary>
    public static IEnumerable<Type> Types => Kinds.Select(kind => kind.Type);

    public static string Manifest(WireMessage message) => KindOf(message).Manifest;

    public static void Write(ByteWriter writer, WireMessage message) => KindOf(message).Write(writer, message);

    public static void WriteNamed(ByteWriter writer, WireMessage message)
    {
        var kind = KindOf(message);
        writer.Bytes(kind.ManifestBytes);
        kind.Write(writer, message);
    }

    /// <summary>Reads a manifest and the message.</summary>
    /// <param name="reader">The bytes of <see cref="WriteNamed"/>.</param>
    /// <param name="refused">Manifests that may not come here, so that damaged bytes cannot nest without end.</param>
    /// <exception cref="InvalidDataException">The manifest is unknown or refused, or the bytes are no such message.</exception>
    public static WireMessage ReadNamed(ref ByteReader reader, params ReadOnlySpan<string> refused)
    {
        // Found by number, because each message would otherwise make a string of its manifest.
        var kind = ByNumber.GetValueOrDefault(NumberOf(reader.Bytes()));
        if (kind is null)
        {
            throw reader.Damaged("a message has a manifest that no level of this program knows");
        }

        return refused.Contains(kind.Manifest)
            ? throw reader.Damaged($"a message '{kind.Manifest}' is inside of another one")
            : kind.Read(ref reader);
    }

    private static int NumberOf(ReadOnlySpan<byte> manifest) => manifest switch
    {
        [var one] => one,
        [var one, var two] => one | (two << 8),
        _ => 0,
    };

    private static Kind KindOf(WireMessage message) =>
        ByType[message is WireMessage.CoreMessage core ? core.Envelope.Body.GetType() : message.GetType()];

    private static Kind Of<T>(string manifest, Action<ByteWriter, T> write, ByteReader.Read<T> read)
        where T : WireMessage => new(
            manifest,
            typeof(T),
            (writer, message) => write(writer, (T)message),
            (ref reader) => read(ref reader));

    private static Kind Of<T>(string manifest, Format<T> format)
        where T : WireMessage => Of(manifest, WireFields.Writer(format), WireFields.Reader(format));

    private static Kind OfCore<T>(string manifest, Format<T> format)
        where T : Message => OfCore(manifest, WireFields.Writer(format), WireFields.Reader(format));

    private static Kind OfCore<T>(string manifest, Action<ByteWriter, T> writeBody, ByteReader.Read<T> readBody)
        where T : Message => new(
            manifest,
            typeof(T),
            (writer, message) => EnvelopeFormat.Write(writer, ((WireMessage.CoreMessage)message).Envelope, writeBody),
            (ref reader) => new WireMessage.CoreMessage(EnvelopeFormat.Read(ref reader, readBody)));

    private sealed record Kind(
        string Manifest, Type Type, Action<ByteWriter, WireMessage> Write, ByteReader.Read<WireMessage> Read)
    {
        public byte[] ManifestBytes { get; } = Encoding.ASCII.GetBytes(Manifest);
    }
}
