using Akka.Actor;
using Akka.Serialization;

using RaftActors.Core;

namespace RaftActors.Wire;

/// <summary>
/// The bytes between nodes: one octet with the version of the format, then the message. Each kind of message has a manifest of its own,
/// and neither manifests nor the serializer's number are ever given anew. What cannot be read ends in one <see
/// cref="InvalidDataException"/>.
/// </summary>
internal sealed class RaftMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The version that is written, and the only one there has been.</summary>
    public const byte Version = 1;

    private const int LocalProcessSizeMin = 4;

    /// <inheritdoc/>
    public override int Identifier => 1520;

    /// <inheritdoc/>
    public override string Manifest(object o) => (WireMessage)o switch
    {
        WireMessage.Hello => "h",
        WireMessage.CoreMessage core => EnvelopeFormat.Manifest(core.Envelope.Body),
        WireMessage.AppendRequest => "a",
        WireMessage.AppendTaken => "at",
        WireMessage.AppendRefused => "ar",
        WireMessage.AppendDiscarded => "ad",
        WireMessage.GetRequest => "g",
        WireMessage.GetAnswer => "ga",
        WireMessage.GetRefused => "gr",
        _ => throw new ArgumentException($"{o.GetType()} has no manifest.", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var writer = new WireWriter();
        writer.Octet(Version);
        Write(writer, (WireMessage)obj);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        var version = reader.Octet();
        if (version != Version)
        {
            throw reader.Damaged($"its format has version {version}, and this node knows only {Version}; update this node");
        }

        var message = Read(ref reader, manifest);
        reader.End();
        return message;
    }

    private static void Write(WireWriter writer, WireMessage message)
    {
        switch (message)
        {
            case WireMessage.Hello hello:
                writer.Flag(hello.IsReply);
                writer.List(hello.Processes, process =>
                {
                    writer.Text(process.Group);
                    writer.Text(process.Name.Value);
                    writer.Number(process.Number);
                    writer.Text(process.Engine);
                });
                break;
            case WireMessage.CoreMessage core:
                writer.Number(core.FromNumber);
                EnvelopeFormat.Write(writer, core.Envelope);
                break;
            case WireMessage.AppendRequest append:
                writer.Request(append.Request);
                writer.Text(append.Key);
                writer.Bytes(append.Value.Span);
                writer.Number(append.Hops);
                break;
            case WireMessage.AppendTaken taken:
                writer.Request(taken.Request);
                writer.Number(taken.Index.Value);
                writer.Number(taken.Term.Value);
                break;
            case WireMessage.AppendRefused refused:
                writer.Request(refused.Request);
                break;
            case WireMessage.AppendDiscarded discarded:
                writer.Request(discarded.Request);
                writer.Text(discarded.Reason);
                break;
            case WireMessage.GetRequest get:
                writer.Request(get.Request);
                writer.Number(get.Serial.Value);
                writer.Number(get.AskerCommit.Value);
                break;
            case WireMessage.GetAnswer answer:
                writer.Request(answer.Request);
                writer.Number(answer.Serial.Value);
                writer.Text(answer.Key);
                writer.Bytes(answer.Value.Span);
                break;
            case WireMessage.GetRefused refused:
                writer.Request(refused.Request);
                break;
        }
    }

    private static WireMessage Read(ref WireReader reader, string manifest) => manifest switch
    {
        "h" => ReadHello(ref reader),
        "a" => new WireMessage.AppendRequest(reader.Request(), reader.Text(), reader.Bytes().ToArray(), (int)Math.Min(reader.Count(), 1)),
        "at" => new WireMessage.AppendTaken(reader.Request(), new LogIndex(reader.Count()), new Term(reader.Count())),
        "ar" => new WireMessage.AppendRefused(reader.Request()),
        "ad" => new WireMessage.AppendDiscarded(reader.Request(), reader.Text()),
        "g" => new WireMessage.GetRequest(reader.Request(), new Serial(reader.Count()), new LogIndex(reader.Count())),
        "ga" => new WireMessage.GetAnswer(reader.Request(), new Serial(reader.Count()), reader.Text(), reader.Bytes().ToArray()),
        "gr" => new WireMessage.GetRefused(reader.Request()),
        _ => new WireMessage.CoreMessage(reader.Count(), EnvelopeFormat.Read(ref reader, manifest)),
    };

    private static WireMessage.Hello ReadHello(ref WireReader reader)
    {
        var isReply = reader.Flag();
        return new WireMessage.Hello(
            reader.List(LocalProcessSizeMin, static (ref WireReader r) => new LocalProcess(r.Text(), r.Name(), r.Count(), r.Text())),
            isReply);
    }
}
