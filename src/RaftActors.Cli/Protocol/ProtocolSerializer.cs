using System.Diagnostics;
using System.Text.Json;

using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RaftActors.Cli.Protocol;

/// <summary>
/// Serializes requests and replies as JSON, with one manifest for each kind. Later versions may add members, which older ones ignore. A
/// manifest is never reused for another kind.
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
                return JsonSerializer.Deserialize(bytes, kind)
                    ?? throw new InvalidDataException($"Cannot read a message of kind '{manifest}': it is null.");
            }
        }

        throw new InvalidDataException($"Cannot read a message of kind '{manifest}': this version does not know it.");
    }
}
