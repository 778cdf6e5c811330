using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

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
    /// <summary>The number of this serializer. It never changes.</summary>
    public const int Number = 1521;

    private static readonly (string Manifest, JsonTypeInfo Kind)[] Kinds =
    [
        ("append", ProtocolJson.Default.Append),
        ("add-member", ProtocolJson.Default.AddMember),
        ("remove-member", ProtocolJson.Default.RemoveMember),
        ("set-max-quorum", ProtocolJson.Default.SetMaxQuorum),
        ("transfer", ProtocolJson.Default.Transfer),
        ("status", ProtocolJson.Default.Status),
        ("explain", ProtocolJson.Default.Explain),
        ("read-log", ProtocolJson.Default.ReadLog),
        ("redirected", ProtocolJson.Default.Redirected),
        ("committed", ProtocolJson.Default.Committed),
        ("done", ProtocolJson.Default.Done),
        ("refused", ProtocolJson.Default.Refused),
        ("unknown", ProtocolJson.Default.Unknown),
        ("status-is", ProtocolJson.Default.StatusIs),
        ("explanation-is", ProtocolJson.Default.ExplanationIs),
        ("log-page", ProtocolJson.Default.LogPage),
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
    public override int Identifier => Number;

    /// <inheritdoc/>
    public override string Manifest(object o)
    {
        foreach (var (manifest, kind) in Kinds)
        {
            if (kind.Type == o.GetType())
            {
                return manifest;
            }
        }

        throw new UnreachableException($"{o.GetType()} has no manifest.");
    }

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), ProtocolJson.Default);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The manifest is unknown, or the bytes are no such message.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        foreach (var (known, kind) in Kinds)
        {
            if (known == manifest)
            {
                return Read(bytes, manifest, kind);
            }
        }

        throw new InvalidDataException($"Cannot read a message of kind '{manifest}': this version does not know it.");
    }

    private static object Read(byte[] bytes, string manifest, JsonTypeInfo kind)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, kind)
                ?? throw new InvalidDataException($"Cannot read a message of kind '{manifest}': it is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Cannot read a message of kind '{manifest}': {e.Message}", e);
        }
    }
}
