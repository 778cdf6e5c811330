using System.Diagnostics;
using System.Text.Json;

using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RaftActors.Cli.Protocol;

/// <summary>
/// Requests and replies as JSON, one manifest for each kind. Members may be added: who does not know them passes over them. A manifest is
/// never given anew.
/// </summary>
internal sealed class ProtocolSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly (string Manifest, Type Kind)[] Kinds =
    [
        ("append", typeof(Request.Append)),
        ("add-member", typeof(Request.AddMember)),
        ("remove-member", typeof(Request.RemoveMember)),
        ("transfer", typeof(Request.Transfer)),
        ("status", typeof(Request.Status)),
        ("explain", typeof(Request.Explain)),
        ("read-log", typeof(Request.ReadLog)),
        ("redirected", typeof(Reply.Redirected)),
        ("committed", typeof(Reply.Committed)),
        ("done", typeof(Reply.Done)),
        ("refused", typeof(Reply.Refused)),
        ("unknown", typeof(Reply.Unknown)),
        ("status-is", typeof(Reply.StatusIs)),
        ("explanation-is", typeof(Reply.ExplanationIs)),
        ("log-page", typeof(Reply.LogPage)),
    ];

    /// <summary>
    /// Registers the serializer; every system that speaks the protocol has it in its configuration. A serializer that code adds would not
    /// last: Akka.NET makes all serializers anew from the configuration whenever an extension injects its defaults.
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
    public override int Identifier => 1521;

    /// <inheritdoc/>
    public override string Manifest(object o)
    {
        foreach (var (manifest, kind) in Kinds)
        {
            if (kind == o.GetType())
            {
                return manifest;
            }
        }

        throw new UnreachableException($"{o.GetType()} has no manifest.");
    }

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType());

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        foreach (var (known, kind) in Kinds)
        {
            if (known == manifest)
            {
                return JsonSerializer.Deserialize(bytes, kind) ?? throw new InvalidDataException("a message must not be null");
            }
        }

        throw new InvalidDataException($"'{manifest}' is no message of this version");
    }
}
