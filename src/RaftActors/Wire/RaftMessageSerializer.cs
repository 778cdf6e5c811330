using System.Diagnostics;

using Akka.Actor;
using Akka.Serialization;

using RaftActors.Storage.Format;

namespace RaftActors.Wire;

/// <summary>
/// The bytes between nodes: one octet with the version of the format, then the message. Each kind of message has a manifest of its own,
/// and neither manifests nor the serializer's number are ever given anew. What cannot be read ends in one <see
/// cref="InvalidDataException"/>. Registered by <c>reference.conf</c>.
/// </summary>
internal sealed class RaftMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The version that is written, and the only one there has been.</summary>
    public const byte Version = 1;

    /// <inheritdoc/>
    public override int Identifier => 1520;

    /// <inheritdoc/>
    public override string Manifest(object o) => (WireMessage)o switch
    {
        WireMessage.Hello => "h",
        WireMessage.Leaving => "l",
        WireMessage.CoreMessage core => EnvelopeFormat.Manifest(core.Envelope.Body),
        WireMessage.AppendRequest => "a",
        WireMessage.AppendTaken => "at",
        WireMessage.AppendRefused => "ar",
        WireMessage.AppendDiscarded => "ad",
        WireMessage.AppendRepeated => "ap",
        WireMessage.AppendForgotten => "af",
        WireMessage.GetRequest => "g",
        WireMessage.GetAnswer => "ga",
        WireMessage.GetRefused => "gr",
        WireMessage.GetCompacted => "gc",
        WireMessage.ChangeRequest => "m",
        WireMessage.ChangeTaken => "mt",
        WireMessage.ChangeDone => "md",
        WireMessage.ChangeRefused => "mr",
        WireMessage.ChangeDenied => "mx",
        _ => throw new UnreachableException(),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var writer = new ByteWriter();
        writer.Octet(Version);
        WireFormat.Write(writer, (WireMessage)obj);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new ByteReader(bytes);
        var version = reader.Octet();
        if (version != Version)
        {
            throw reader.Damaged($"its format has version {version}, and this node knows only {Version}; update this node");
        }

        var message = WireFormat.Read(ref reader, manifest);
        reader.End();
        return message;
    }
}
