using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace Akka.Embedded.Tests.Cluster;

/// <summary>Gossip as a value, without actor systems and time.</summary>
public sealed class GossipTests
{
    private static readonly UniqueAddress A = Node(1);
    private static readonly UniqueAddress B = Node(2);
    private static readonly UniqueAddress C = Node(3);
    private static readonly ImmutableHashSet<UniqueAddress> NoOne = [];

    [Fact]
    public void Merge_of_any_two_histories_is_the_same_in_either_order_and_changes_nothing_when_repeated()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var common = Scramble(random, Up(A, B, C), [A, B, C], steps: random.Next(4));
            var left = Scramble(random, common, [A], steps: random.Next(1, 5));
            var right = Scramble(random, common, [B], steps: random.Next(1, 5));

            var merged = left.Merge(right);

            Assert.Equal(Text(merged), Text(right.Merge(left)));
            Assert.Equal(Text(merged), Text(merged.Merge(left).Merge(right)));
            Assert.NotEqual(ClockOrder.Before, merged.Version.CompareTo(left.Version.Prune(merged.Has)));
            Assert.NotEqual(ClockOrder.Before, merged.Version.CompareTo(right.Version.Prune(merged.Has)));
        }
    }

    [Fact]
    public void Merge_takes_the_later_status()
    {
        var common = Up(A, B, C);
        var leaving = MembershipRules.Leave(common, A, C.Address);
        var downed = MembershipRules.Down(common, B, C.Address);

        Assert.Equal(MemberStatus.Down, leaving.Merge(downed).Find(C)!.Status);
    }

    [Fact]
    public void Merge_does_not_restore_a_removed_exiting_member()
    {
        var exiting = MembershipRules.LeaderActions(MembershipRules.Leave(Up(A, B, C), A, C.Address), A, NoOne, 1);
        var removed = MembershipRules.LeaderActions(exiting, A, NoOne.Add(C), 1);
        var elsewhere = MembershipRules.MarkUnreachable(exiting, B, [C]);

        var merged = removed.Merge(elsewhere);

        Assert.False(merged.Has(C));
        Assert.DoesNotContain(C, merged.Reachability.AllUnreachable);
        Assert.DoesNotContain(C, merged.Version.Versions.Keys);
    }

    [Fact]
    public void Gossip_converges_only_when_every_up_member_has_seen_it()
    {
        var gossip = MembershipRules.Leave(Up(A, B, C), A, C.Address);

        Assert.False(gossip.IsConverged(A, NoOne));
        Assert.False(gossip.SeenBy(B).IsConverged(A, NoOne));
        Assert.True(gossip.SeenBy(B).SeenBy(C).IsConverged(A, NoOne));
    }

    [Fact]
    public void Gossip_with_an_unreachable_member_converges_only_when_it_is_declared_down()
    {
        var missed = MembershipRules.MarkUnreachable(Up(A, B, C), A, [C]).SeenBy(B).SeenBy(C);
        var downed = MembershipRules.Down(missed, A, C.Address).SeenBy(B);

        Assert.False(missed.IsConverged(A, NoOne));
        Assert.True(downed.IsConverged(A, NoOne));
        Assert.False(MembershipRules.LeaderActions(downed, A, NoOne, 1).Has(C));
    }

    [Fact]
    public void Reports_of_a_downed_observer_are_ignored()
    {
        var missedByC = MembershipRules.MarkUnreachable(Up(A, B, C), C, [A]);

        Assert.Equal(B, missedByC.Leader(B));
        Assert.Equal(A, MembershipRules.Down(missedByC, A, C.Address).Leader(B));
    }

    [Fact]
    public void Leader_makes_members_up_only_when_the_minimum_number_has_joined()
    {
        var two = MembershipRules.Join(MembershipRules.Join(Gossip.Empty, A, A, []), A, B, []);

        Assert.Same(two, MembershipRules.LeaderActions(two, A, NoOne, minNrOfMembers: 3));
        var three = MembershipRules.LeaderActions(MembershipRules.Join(two, A, C, []), A, NoOne, minNrOfMembers: 3);

        Assert.All(three.Members, member => Assert.Equal(MemberStatus.Up, member.Status));
        Assert.Equal([1, 2, 3], three.Members.Select(member => member.UpNumber));
    }

    [Fact]
    public void Join_of_a_new_incarnation_downs_the_old_one_and_waits_for_its_removal()
    {
        var reborn = new UniqueAddress(C.Address, 77);
        var first = MembershipRules.Join(Up(A, B, C), A, reborn, []);

        Assert.Equal(MemberStatus.Down, first.Find(C)!.Status);
        Assert.False(first.Has(reborn));

        var removed = MembershipRules.LeaderActions(first.SeenBy(B), A, NoOne, 1);
        Assert.True(MembershipRules.Join(removed, A, reborn, []).Has(reborn));
    }

    [Fact]
    public void Reachability_of_one_observer_is_taken_from_its_newest_report()
    {
        var missed = Reachability.Empty.Unreachable(A, C);
        var back = missed.Reachable(A, C);

        Assert.DoesNotContain(C, missed.Merge(back).AllUnreachable);
        Assert.DoesNotContain(C, back.Merge(missed).AllUnreachable);
        Assert.Contains(C, back.Merge(missed.Unreachable(B, C)).AllUnreachable);
    }

    [Fact]
    public void Gossip_that_refers_to_a_nonmember_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new Gossip([], [A], Reachability.Empty, VectorClock.Zero));

    [Fact]
    public void Invalid_status_transition_of_a_member_is_refused()
    {
        var joining = new Member(A, Member.NotYetUp, MemberStatus.Joining, []);

        var error = Assert.Throws<InvalidOperationException>(() => joining.Copy(MemberStatus.Exiting));
        Assert.Contains("[Joining] -> [Exiting]", error.Message);
        Assert.Equal(1, joining.CopyUp(1).UpNumber);
    }

    [Fact]
    public void Serialized_gossip_is_read_back()
    {
        var serializer = new ClusterMessageSerializer(null!); // Justification: cluster messages hold no references to actors.
        for (var seed = 0; seed < 50; seed++)
        {
            var gossip = Scramble(new Random(seed), Up(A, B, C), [A, B, C], steps: 6);
            var message = new ClusterMessage.GossipEnvelope(A, B, gossip);

            var read = (ClusterMessage.GossipEnvelope)serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));

            Assert.Equal((A, B, Text(gossip)), (read.From, read.To, Text(read.Gossip)));
        }
    }

    [Fact]
    public void Truncated_cluster_messages_are_refused()
    {
        var serializer = new ClusterMessageSerializer(null!); // Justification: as above.
        var whole = serializer.ToBinary(new ClusterMessage.Welcome(A, Scramble(new Random(1), Up(A, B, C), [A], 5)));

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.ThrowsAny<Exception>(() => serializer.FromBinary(whole[..length], "W"));
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 9)]
    [InlineData(20, 3)]
    public void Every_node_is_monitored_by_the_configured_number_of_nodes(int size, int wanted)
    {
        var nodes = Enumerable.Range(1, size).Select(Node).ToList();

        var listeners = nodes.SelectMany(node => HeartbeatRing.Targets(node, nodes, wanted)).CountBy(node => node).ToList();

        Assert.Equal(size, listeners.Count);
        Assert.All(listeners, listener => Assert.Equal(Math.Min(wanted, size - 1), listener.Value));
    }

    private static UniqueAddress Node(int number) => new(new Address("akka.tcp", "c", "127.0.0.1", 2550 + number), number);

    private static Gossip Up(params UniqueAddress[] nodes)
    {
        var joined = nodes.Aggregate(Gossip.Empty, (gossip, node) => MembershipRules.Join(gossip, A, node, ["role" + node.Uid]));
        return nodes.Aggregate(MembershipRules.LeaderActions(joined, A, NoOne, 1), (gossip, node) => gossip.SeenBy(node));
    }

    // The changes that a node may make to a gossip.
    private static Gossip Scramble(Random random, Gossip gossip, UniqueAddress[] authors, int steps)
    {
        for (; steps > 0; steps--)
        {
            var author = authors[random.Next(authors.Length)];
            var subject = gossip.Members[random.Next(gossip.Members.Count)].UniqueAddress;
            gossip = random.Next(6) switch
            {
                0 => MembershipRules.Leave(gossip, author, subject.Address),
                1 when !subject.Equals(author) => MembershipRules.Down(gossip, author, subject.Address),
                2 => MembershipRules.Join(gossip, author, Node(random.Next(4, 7)), []),
                3 when !subject.Equals(author) => MembershipRules.MarkUnreachable(gossip, author, [subject]),
                4 => MembershipRules.MarkReachable(gossip, author, subject),
                _ => gossip.SeenBy(author),
            };
        }
        return gossip;
    }

    private static string Text(Gossip gossip) => gossip.ToString();
}
