using System.Collections.Immutable;
using Akka.Actor;
using Akka.Remote;
using Akka.Serialization;

namespace Akka.Cluster;

/// <summary>
/// Serializes <see cref="ClusterMessage"/>. A gossip begins with a table of its nodes, because each occurs many times. A change of
/// the layout requires new manifests.
/// </summary>
internal sealed class ClusterMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private delegate T Read<T>(ref WireReader reader);

    public override int Identifier => 5;

    public override string Manifest(object o) => o switch
    {
        ClusterMessage.InitJoin => "IJ",
        ClusterMessage.InitJoinAck => "IJA",
        ClusterMessage.InitJoinNack => "IJN",
        ClusterMessage.Join => "J",
        ClusterMessage.Welcome => "W",
        ClusterMessage.GossipEnvelope => "GE",
        ClusterMessage.Heartbeat => "HB",
        ClusterMessage.HeartbeatReply => "HBR",
        ClusterMessage.ExitingConfirmed => "EC",
        _ => throw new ArgumentException($"{o.GetType()} is not a message between cluster nodes.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        var writer = new WireWriter();
        switch (obj)
        {
            case ClusterMessage.InitJoinAck ack:
                writer.WriteAddress(ack.Address);
                break;
            case ClusterMessage.InitJoinNack nack:
                writer.WriteAddress(nack.Address);
                break;
            case ClusterMessage.Join join:
                WriteNode(writer, join.Node);
                WriteRoles(writer, join.Roles);
                break;
            case ClusterMessage.Welcome welcome:
                WriteNode(writer, welcome.From);
                WriteGossip(writer, welcome.Gossip);
                break;
            case ClusterMessage.GossipEnvelope envelope:
                WriteNode(writer, envelope.From);
                WriteNode(writer, envelope.To);
                WriteGossip(writer, envelope.Gossip);
                break;
            case ClusterMessage.HeartbeatReply reply:
                WriteNode(writer, reply.From);
                break;
            case ClusterMessage.ExitingConfirmed confirmed:
                WriteNode(writer, confirmed.Node);
                break;
        }

        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        return manifest switch
        {
            "IJ" => new ClusterMessage.InitJoin(),
            "IJA" => new ClusterMessage.InitJoinAck(reader.ReadAddress()),
            "IJN" => new ClusterMessage.InitJoinNack(reader.ReadAddress()),
            "J" => new ClusterMessage.Join(ReadNode(ref reader), ReadRoles(ref reader)),
            "W" => new ClusterMessage.Welcome(ReadNode(ref reader), ReadGossip(ref reader)),
            "GE" => new ClusterMessage.GossipEnvelope(ReadNode(ref reader), ReadNode(ref reader), ReadGossip(ref reader)),
            "HB" => new ClusterMessage.Heartbeat(),
            "HBR" => new ClusterMessage.HeartbeatReply(ReadNode(ref reader)),
            "EC" => new ClusterMessage.ExitingConfirmed(ReadNode(ref reader)),
            _ => throw new WireException($"unknown cluster message [{manifest}]"),
        };
    }

    private static void WriteNode(WireWriter writer, UniqueAddress node)
    {
        writer.WriteAddress(node.Address);
        writer.WriteInt32(node.Uid);
    }

    private static UniqueAddress ReadNode(ref WireReader reader) => new(reader.ReadAddress(), reader.ReadInt32());

    private static void WriteRoles(WireWriter writer, ImmutableHashSet<string> roles)
    {
        writer.WriteVarint(roles.Count);
        foreach (var role in roles.Order(StringComparer.Ordinal))
        {
            writer.WriteText(role);
        }
    }

    private static ImmutableHashSet<string> ReadRoles(ref WireReader reader) =>
        [.. ReadEach(ref reader, static (ref WireReader one) => one.ReadText())];

    private static void WriteGossip(WireWriter writer, Gossip gossip)
    {
        var nodes = gossip.Members.Select(m => m.UniqueAddress).Union(gossip.Version.Versions.Keys).ToList();
        var index = nodes.Select((node, i) => (node, i)).ToDictionary(n => n.node, n => n.i);
        WriteEach(nodes, node => WriteNode(writer, node));
        WriteEach(gossip.Members, member =>
        {
            writer.WriteVarint(index[member.UniqueAddress]);
            writer.WriteVarint(member.UpNumber);
            writer.WriteByte((byte)member.Status);
            WriteRoles(writer, member.Roles);
        });
        WriteEach(gossip.Seen, node => writer.WriteVarint(index[node]));
        WriteEach(gossip.Reachability.Rows, row =>
        {
            writer.WriteVarint(index[row.Key]);
            writer.WriteVarint(row.Value.Version);
            WriteEach(row.Value.Unreachable, node => writer.WriteVarint(index[node]));
        });
        WriteEach(gossip.Version.Versions, version =>
        {
            writer.WriteVarint(index[version.Key]);
            writer.WriteVarint(version.Value);
        });

        void WriteEach<T>(IReadOnlyCollection<T> items, Action<T> write)
        {
            writer.WriteVarint(items.Count);
            foreach (var item in items)
            {
                write(item);
            }
        }
    }

    private static Gossip ReadGossip(ref WireReader reader)
    {
        var nodes = ReadEach(ref reader, ReadNode);
        var members = ReadEach(ref reader, (ref WireReader one) =>
            new Member(ReadIndexed(ref one), (int)one.ReadVarint(), ReadStatus(ref one), ReadRoles(ref one)));
        var seen = ReadEach(ref reader, ReadIndexed);
        var rows = ReadEach(ref reader, (ref WireReader one) =>
            KeyValuePair.Create(ReadIndexed(ref one), new Reachability.Row(one.ReadVarint(), [.. ReadEach(ref one, ReadIndexed)])));
        var versions = ReadEach(ref reader, (ref WireReader one) => KeyValuePair.Create(ReadIndexed(ref one), one.ReadVarint()));
        try
        {
            return new Gossip(
                [.. members],
                [.. seen],
                new Reachability(rows.ToImmutableSortedDictionary()),
                new VectorClock(versions.ToImmutableSortedDictionary()));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new WireException($"a gossip contradicts itself: {e.Message}");
        }

        UniqueAddress ReadIndexed(ref WireReader one)
        {
            var index = one.ReadVarint();
            return index >= 0 && index < nodes.Count
                ? nodes[(int)index]
                : throw new WireException($"a gossip refers to node {index}, but its table has {nodes.Count}");
        }
    }

    private static MemberStatus ReadStatus(ref WireReader reader) =>
        (MemberStatus)reader.ReadByte() is var status && Enum.IsDefined(status)
            ? status
            : throw new WireException($"a member has the unknown status {status}");

    private static List<T> ReadEach<T>(ref WireReader reader, Read<T> read)
    {
        var items = new List<T>();
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            items.Add(read(ref reader));
        }

        return items;
    }
}
