using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RaftActors.Cli.Protocol;

/// <summary><see cref="ProtocolFormat"/> as a serializer of a server's actor system.</summary>
internal sealed class ProtocolSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The number of this serializer. It never changes.</summary>
    public const int Number = 1521;

    /// <summary>
    /// Configuration that registers the serializer. A registration by code would be lost: Akka.NET creates all serializers again from the
    /// configuration when an extension injects its defaults.
    /// </summary>
    public static Config Registration { get; } = ConfigurationFactory.ParseString(
        """
        akka.actor {
          serializers {
            raft-cli = "RaftActors.Cli.Protocol.ProtocolSerializer, raft"
          }
          serialization-bindings {
            "RaftActors.Cli.Protocol.Request, raft" = raft-cli
            "RaftActors.Cli.Protocol.Reply, raft" = raft-cli
          }
        }
        """);

    /// <inheritdoc/>
    public override int Identifier => Number;

    /// <inheritdoc/>
    public override string Manifest(object o) => ProtocolFormat.ManifestOf(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => ProtocolFormat.Write(obj);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The manifest is unknown, or the bytes are no such message.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => ProtocolFormat.Read(bytes, manifest);
}
