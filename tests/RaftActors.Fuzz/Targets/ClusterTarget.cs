using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace RaftActors.Fuzz.Targets;

/// <summary>The messages between the cluster daemons of the embedded runtime.</summary>
internal sealed class ClusterTarget : Target
{
    private static readonly UniqueAddress One = new(new Address("akka.tcp", "demo", "127.0.0.1", 2551), 1);
    private static readonly UniqueAddress Two = new(new Address("akka.tcp", "demo", "127.0.0.1", 2552), -2);
    private static readonly UniqueAddress Three = new(new Address("akka.tcp", "demo", "größe", 2553), 3);

    private readonly Lazy<ClusterMessageSerializer> _serializer = new(() => new ClusterMessageSerializer(FuzzSystem.Instance));

    public override string Name => "cluster";

    public override string Reads => "ClusterMessageSerializer of the embedded runtime";

    // Each node of a gossip takes some bytes of the input, and some nodes of trees in several sets.
    public override int BytesPerByte => 1024;

    public override IEnumerable<byte[]> Seeds()
    {
        var gossip = GossipOf();
        ClusterMessage[] messages =
        [
            new ClusterMessage.InitJoin(), new ClusterMessage.InitJoinAck(One.Address), new ClusterMessage.InitJoinNack(Two.Address),
            new ClusterMessage.Join(One, ["front", "größe"]), new ClusterMessage.Welcome(One, gossip),
            new ClusterMessage.GossipEnvelope(One, Two, gossip), new ClusterMessage.Heartbeat(), new ClusterMessage.HeartbeatReply(Two),
            new ClusterMessage.ExitingConfirmed(Three),
        ];
        return messages.Select(message =>
            new Packed(0, _serializer.Value.Manifest(message), _serializer.Value.ToBinary(message)).ToBytes());
    }

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator) => Packed.Mutate(input, mutator, Words);

    public override object Read(byte[] input)
    {
        var packed = Packed.Of(input);
        return _serializer.Value.FromBinary(packed.Bytes, packed.Manifest);
    }

    public override string ShapeOf(object read) => read.GetType().Name;

    public override void Check(object read)
    {
        var again = _serializer.Value.FromBinary(_serializer.Value.ToBinary(read), _serializer.Value.Manifest(read));
        DemandEqual(TextOf(read), TextOf(again), "A message changes when it is written again");
        if (GossipIn(read) is { } gossip)
        {
            Use(gossip);
        }
    }

    public override bool IsRefusal(Exception e) => e is WireException || (e is InvalidDataException && e.Message.Contains("no head"));

    // As the daemon uses a gossip that it received.
    private static void Use(Gossip gossip)
    {
        DemandEqual(true, gossip.Members.All(member => Enum.IsDefined(member.Status)), "Each member has a status that exists");
        var own = GossipOf();
        _ = (gossip.Merge(own).ToString(), own.Merge(gossip).ToString(), gossip.Version.CompareTo(own.Version));
        _ = (gossip.IsConverged(One, new HashSet<UniqueAddress>()), gossip.Leader(One), gossip.Leader(One, "front"));
    }

    private static Gossip? GossipIn(object message) => message switch
    {
        ClusterMessage.Welcome welcome => welcome.Gossip,
        ClusterMessage.GossipEnvelope envelope => envelope.Gossip,
        _ => null,
    };

    private static string TextOf(object message) => message switch
    {
        ClusterMessage.Join join => $"{join.Node} {string.Join(' ', join.Roles.Order(StringComparer.Ordinal))}",
        _ when GossipIn(message) is { } gossip => string.Join(
            ' ', gossip, string.Join(' ', gossip.Members.Select(one => $"{one.UpNumber} {RolesOf(one)}"))),
        _ => $"{message}",
    };

    private static string RolesOf(Member member) => string.Join(',', member.Roles.Order(StringComparer.Ordinal));

    private static Gossip GossipOf() => MembershipRules.MarkUnreachable(
        new Gossip(
            [
                new Member(One, 1, MemberStatus.Up, ["front"]), new Member(Two, Member.NotYetUp, MemberStatus.Joining, []),
                new Member(Three, 2, MemberStatus.Leaving, ["front", "back"]),
            ],
            [One, Three],
            Reachability.Empty,
            VectorClock.Zero.Increment(One).Increment(Three)),
        One,
        [Two]);
}
