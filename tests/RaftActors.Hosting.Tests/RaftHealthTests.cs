using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Hosting.Tests;

/// <summary>What the health checks say of one status. A good one has nothing, so each sentence is about the change of its test.</summary>
public sealed class RaftHealthTests
{
    private static readonly ProcessName Self = new("counter@node1");
    private static readonly ImmutableArray<ProcessName> All = [Self, new("counter@node2"), new("counter@node3")];

    private static readonly RaftStatus Good = new("orders", Self)
    {
        IsOpen = true,
        Actor = ActorRefs.Nobody,
        Role = RaftRole.Follower,
        Leader = All[1],
        Identity = new Guid(1, 2, 3, new byte[8]),
        Members = [.. All.Select(name => new GroupMember(name, isVoter: true))],
        Reachable = [.. All.Skip(1)],
        Delivered = new Serial(7),
        Committed = new Serial(7),
    };

    private static readonly RaftStatus Joining = Good with
    {
        Identity = Guid.Empty,
        Leader = null,
        Members = [new GroupMember(Self, isVoter: false)],
        Reachable = [],
    };

    private static readonly HeldActor Held = new(new Serial(5), isSnapshot: false, "JsonException: no.", DateTimeOffset.UnixEpoch);

    [Fact]
    public void Good_process_has_no_problem()
    {
        Assert.Empty(RaftProblems.Dead(Good));
        Assert.Empty(RaftProblems.NotReady(Good));
        Assert.Empty(RaftProblems.AtRisk(Good));
    }

    [Fact]
    public void Process_is_dead_without_an_actor_or_an_engine_and_not_while_a_held_actor_restarts()
    {
        Says("has no actor", RaftProblems.Dead(Good with { Actor = null }));
        Says("has stopped: the disk is gone", RaftProblems.Dead(Good with { Failure = "the disk is gone" }));
        Assert.Empty(RaftProblems.Dead(Good with { Actor = null, HeldAt = Held }));
        Assert.Empty(RaftProblems.Dead(Good with { Actor = null, IsOpen = false }));
        Assert.Empty(RaftProblems.Dead(Good with { Fence = "old copy" }));
    }

    [Fact]
    public void Process_is_not_ready_before_it_is_up_to_date()
    {
        Says("has received the pairs up to serial 6 of 7", RaftProblems.NotReady(Good with { Delivered = new Serial(6) }));
        Says("is still opening its store", RaftProblems.NotReady(Good with { IsOpen = false }));
        Says("knows no leader", RaftProblems.NotReady(Good with { Leader = null }));
        Says("is behind: its actor is held at serial 5, because it cannot apply", RaftProblems.NotReady(Good with { HeldAt = Held }));
    }

    [Fact]
    public void Process_is_not_ready_outside_of_its_group()
    {
        Says("is fenced: old copy", RaftProblems.NotReady(Good with { Fence = "old copy" }));
        Says("is no member of its group", RaftProblems.NotReady(Good with { Members = [.. Good.Members.Skip(1)] }));
        Says("is no member of its group: it was removed, or has not joined. Call Join", RaftProblems.NotReady(Joining));
    }

    [Fact]
    public void Fault_of_a_process_is_a_risk()
    {
        Says("is fenced: old copy", RaftProblems.AtRisk(Good with { Fence = "old copy" }));
        Says("two of one name", RaftProblems.AtRisk(Good with { NameConflict = "two of one name" }));
        Says("Make room", RaftProblems.AtRisk(Good with { IsDiskNearlyFull = true }));
        Says(
            "does not follow its log: its actor is held at serial 5, because it cannot apply the pair. JsonException: no. Deploy",
            RaftProblems.AtRisk(Good with { HeldAt = Held }));
    }

    [Fact]
    public void Voters_in_reach_are_a_risk_if_no_more_than_a_majority_and_a_process_that_waits_to_join_has_none()
    {
        Says("reaches 2 of 3 voters", RaftProblems.AtRisk(Good with { Reachable = [All[1]] }));
        Assert.Empty(RaftProblems.AtRisk(Joining));
    }

    private static void Says(string expected, IEnumerable<string> problems)
    {
        var problem = Assert.Single(problems);
        Assert.StartsWith("counter@node1 of group orders", problem);
        Assert.Contains(expected, problem);
    }
}
