using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace Akka.Embedded.Tests.Cluster;

/// <summary>The steps of joining as values, without actor systems and time.</summary>
public sealed class ClusterJoiningTests
{
    private static readonly Address A = Node(1);
    private static readonly Address B = Node(2);
    private static readonly Address C = Node(3);

    [Fact]
    public void Node_that_is_its_only_seed_founds_the_cluster_at_once()
    {
        Assert.Equal(new JoinStep.Found(), Joining(A).JoinSeedNodes([A], At(0)));
    }

    [Fact]
    public void First_seed_founds_the_cluster_when_all_other_seeds_have_answered_that_they_are_not_members()
    {
        var joining = Joining(A);

        AssertAsks([B, C], joining.JoinSeedNodes([A, B, C], At(0)));
        Assert.Null(joining.NackReceived(B));
        Assert.Equal(new JoinStep.Found(), joining.NackReceived(C));
        Assert.Null(joining.NackReceived(C));
    }

    [Fact]
    public void First_seed_founds_the_cluster_when_the_others_are_silent_for_the_seed_node_timeout()
    {
        var joining = Joining(A);
        joining.JoinSeedNodes([A, B], At(0));

        AssertAsks([B], joining.Retry(At(4.9)));
        Assert.Equal(new JoinStep.Found(), joining.Retry(At(5)));
    }

    [Fact]
    public void Seed_that_is_not_the_first_never_founds_the_cluster()
    {
        var joining = Joining(B);
        joining.JoinSeedNodes([A, B], At(0));

        Assert.Null(joining.NackReceived(A));
        AssertAsks([A], joining.Retry(At(60)));
    }

    [Fact]
    public void Node_joins_the_first_member_that_answers_and_ignores_the_next_one()
    {
        var joining = Joining(C);
        joining.JoinSeedNodes([A, B], At(0));

        Assert.Equal(B, Assert.IsType<JoinStep.AskToJoin>(joining.AckReceived(B, At(1))).Address);
        Assert.Null(joining.AckReceived(A, At(1)));
        Assert.Equal(B, joining.Target);
    }

    [Fact]
    public void Node_asks_the_seeds_again_when_the_member_does_not_admit_it_in_time()
    {
        var joining = Joining(C);
        joining.JoinSeedNodes([A, B], At(0));
        joining.AckReceived(B, At(1));

        Assert.Equal(B, Assert.IsType<JoinStep.AskToJoin>(joining.Retry(At(10.9))).Address);
        AssertAsks([A, B], joining.Retry(At(11)));
        Assert.Null(joining.Target);
    }

    [Fact]
    public void Retries_slow_down_to_the_configured_interval()
    {
        var joining = Joining(B);
        var step = joining.JoinSeedNodes([A], At(0));
        var waits = new List<double>();

        for (var i = 0; i < 9; i++)
        {
            waits.Add(Assert.IsType<JoinStep.AskSeedNodes>(step).RetryAfter.TotalMilliseconds);
            step = joining.Retry(At(1));
        }

        Assert.Equal([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000], waits);
    }

    [Fact]
    public void Node_gives_up_when_the_limit_for_joining_seed_nodes_has_passed()
    {
        var joining = Joining(B, "akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = 20s");
        joining.JoinSeedNodes([A], At(0));

        AssertAsks([A], joining.Retry(At(20)));
        var step = Assert.IsType<JoinStep.GiveUp>(joining.Retry(At(20.1)));

        Assert.Equal([A], step.SeedNodes);
        Assert.Equal(TimeSpan.FromSeconds(20), step.Limit);
    }

    private static void AssertAsks(ImmutableList<Address> expected, JoinStep? step) =>
        Assert.Equal(expected, Assert.IsType<JoinStep.AskSeedNodes>(step).SeedNodes);

    private static ClusterJoining Joining(Address self, string config = "") => new(self, new ClusterSettings(
        ConfigurationFactory.ParseString(config).WithFallback(ConfigurationFactory.FromResource<ClusterSettings>(
            "Akka.Embedded.Cluster.reference.conf")),
        "c"));

    private static Address Node(int number) => new("akka.tcp", "c", "127.0.0.1", 2550 + number);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
