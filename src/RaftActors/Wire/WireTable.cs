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
    public const string HelloManifest = "h";

    public const string BeatManifest = "n";

    public const string TracedManifest = "z";

    public const string CallManifest = "k";
    public const string ReplyManifest = "kr";

    private static readonly Kind[] Kinds =
    [
        Of<WireMessage.Hello>(HelloManifest, WireFormat.WriteHello, WireFormat.ReadHello),
        Of<WireMessage.NodeBeat>(BeatManifest, WireFormat.WriteBeat, WireFormat.ReadBeat),
        Of<WireMessage.Leaving>("l", WireFormat.WriteLeaving, WireFormat.ReadLeaving),
        Of<WireMessage.ActorAt>("w", WireFormat.WriteActorAt, WireFormat.ReadActorAt),
        Of<WireMessage.Digest>("e", WireFormat.WriteDigest, WireFormat.ReadDigest),
        Of<WireMessage.Traced>(TracedManifest, TraceFormat.Write, TraceFormat.Read),

        Of<WireMessage.AppendRequest>("a", WireFormat.WriteAppend, WireFormat.ReadAppend),
        Of<AppendReply.Refused>("ar", WireFormat.WriteReply, (ref reader) => new AppendReply.Refused(reader.Request())),
        Of<AppendReply.Cancelled>("an", WireFormat.WriteCancelled, WireFormat.ReadCancelled),
        Of<AppendReply.Committed>("ac", WireFormat.WriteCommitted, WireFormat.ReadCommitted),

        Of<WireMessage.GetRequest>("g", WireFormat.WriteGet, WireFormat.ReadGet),
        Of<GetReply.Found>("ga", WireFormat.WriteFound, WireFormat.ReadFound),
        Of<GetReply.Refused>("gr", WireFormat.WriteReply, (ref reader) => new GetReply.Refused(reader.Request())),
        Of<GetReply.Compacted>("gc", WireFormat.WriteReply, (ref reader) => new GetReply.Compacted(reader.Request())),

        Of<WireMessage.ChangeRequest>("m", WireFormat.WriteChange, WireFormat.ReadChange),
        Of<ChangeReply.Taken>(
            "mt",
            (writer, reply) => WireFormat.WriteReply(writer, reply, reply.Place),
            (ref reader) => new ChangeReply.Taken(reader.Request(), WireFormat.ReadPlace(ref reader))),
        Of<ChangeReply.Done>("md", WireFormat.WriteReply, (ref reader) => new ChangeReply.Done(reader.Request())),
        Of<ChangeReply.Changed>("mc", WireFormat.WriteChanged, WireFormat.ReadChanged),
        Of<ChangeReply.NotMade>("mn", WireFormat.WriteNotMade, WireFormat.ReadNotMade),

        Of<WireMessage.Call>(
            CallManifest,
            (writer, call) => writer.Rest(call.Frame.Span),
            (ref reader) => new WireMessage.Call(reader.Rest().ToArray())),
        Of<WireMessage.Reply>(
            ReplyManifest,
            (writer, reply) => writer.Rest(reply.Frame.Span),
            (ref reader) => new WireMessage.Reply(reader.Rest().ToArray())),
        OfCore<Message.Greeting>("cg", EnvelopeFormat.WriteGreeting, EnvelopeFormat.ReadGreeting),
        OfCore<Message.RequestVote>("cv", EnvelopeFormat.WriteRequestVote, EnvelopeFormat.ReadRequestVote),
        OfCore<Message.RequestVoteReply>("cw", EnvelopeFormat.WriteRequestVoteReply, EnvelopeFormat.ReadRequestVoteReply),
        OfCore<Message.AppendEntries>("ca", EnvelopeFormat.WriteAppendEntries, EnvelopeFormat.ReadAppendEntries),
        OfCore<Message.AppendEntriesReply>("cb", EnvelopeFormat.WriteAppendEntriesReply, EnvelopeFormat.ReadAppendEntriesReply),
        OfCore<Message.Quiesce>("cq", EnvelopeFormat.WriteQuiesce, EnvelopeFormat.ReadQuiesce),
        OfCore<Message.QuiesceReply>("cd", EnvelopeFormat.WriteQuiesceReply, EnvelopeFormat.ReadQuiesceReply),
        OfCore<Message.TimeoutNow>("ct", (_, _) => { }, (ref _) => Message.TimeoutNow.Instance),
        OfCore<Message.ReadIndex>("ci", EnvelopeFormat.WriteReadIndex, EnvelopeFormat.ReadReadIndex),
        OfCore<Message.ReadIndexReply>("cj", EnvelopeFormat.WriteReadIndexReply, EnvelopeFormat.ReadReadIndexReply),
        OfCore<Message.SnapshotChunk>("cs", EnvelopeFormat.WriteChunk, EnvelopeFormat.ReadChunk),
        OfCore<Message.SnapshotChunkReply>("cu", EnvelopeFormat.WriteChunkReply, EnvelopeFormat.ReadChunkReply),
        OfCore<Message.ComparePrefix>("cp", EnvelopeFormat.WriteComparePrefix, EnvelopeFormat.ReadComparePrefix),
        OfCore<Message.Refusal>("cx", EnvelopeFormat.WriteRefusal, EnvelopeFormat.ReadRefusal),
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
