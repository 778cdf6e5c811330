namespace RaftActors.Core.Tests.Properties;

/// <summary>Membership changes on random configurations.</summary>
public sealed class MemberPlanProperties
{
    [Fact]
    public void A_change_gives_a_valid_next_configuration_with_each_member_once()
    {
        var planned = 0;
        for (var seed = 1; seed <= 5000; seed++)
        {
            var prng = new Prng((ulong)seed);
            var before = Any(prng);
            var plan = AnyPlan(prng, before);
            if (plan.Next is not { } next)
            {
                Assert.NotEmpty(plan.Reason);
                continue;
            }

            planned++;
            Assert.True(next.MayFollow(before), $"{before} to {next}");
            Assert.Equal(next.Voters.Order(), next.Voters);
            Assert.Equal(next.Learners.Order(), next.Learners);
            Assert.Equal(next.Voters.Length, next.Voters.Select(member => member.Name).Distinct().Count());
            Assert.Empty(next.Voters.Intersect(next.Learners));
            Assert.InRange(next.Voters.Length, 1, next.Size);
            Assert.Subset(
                next.Learners.Select(member => member.Name).Except(next.Electorate().Select(member => member.Name)).ToHashSet(),
                next.NonVoters.ToHashSet());
        }

        Assert.InRange(planned, 1000, 5000);
    }

    [Fact]
    public void Only_Leave_removes_a_name_from_the_roster()
    {
        for (var seed = 1; seed <= 5000; seed++)
        {
            var prng = new Prng((ulong)seed);
            var before = Any(prng);
            var name = Named(prng.Between(1, 7));
            var left = Leave(before, new MemberChange.Leave(name)).Next;
            var joined = MemberPlan.Join(before, new MemberChange.Join(name), 5).Next;

            Assert.All(left is null ? [] : before.Names(), one =>
                Assert.Equal(one != name, left!.Voters.Concat(left.Learners).Any(member => member.Name == one)));
            Assert.Equal(joined is null ? before.Names() : before.Names().Append(name).Order(), (joined ?? before).Names());
        }
    }

    [Fact]
    public void One_of_two_incarnations_leaves_and_the_other_one_keeps_the_name()
    {
        var left = 0;
        for (var seed = 1; seed <= 5000; seed++)
        {
            var prng = new Prng((ulong)seed);
            var before = Any(prng);
            var member = Of(prng.Between(1, 7), prng.Between(1, 2));
            var plan = Leave(before, new MemberChange.Leave(member.Name, member.Incarnation));
            if (plan.Next is not { } next)
            {
                Assert.False(before.Holds(member) && before.Everybody().Any(one => one.Name == member.Name && one != member), plan.Reason);
                continue;
            }

            left++;
            Assert.Equal(before.Names(), next.Names());
            Assert.DoesNotContain(member, next.Voters.Concat(next.Learners));
        }

        Assert.InRange(left, 100, 5000);
    }

    [Fact]
    public void Voters_change_only_by_a_joint_configuration_or_into_a_kept_place()
    {
        var before = new Configuration(default, 3, [Of(1), Of(2), new Member(Named(3), Incarnation.None)], [], [Of(4)], []);

        Assert.True((before with { Voters = [Of(1), Of(2), Of(3)] }).MayFollow(before));
        Assert.True((before with { Voters = [Of(1), Of(4)], OldVoters = before.Voters }).MayFollow(before));
        Assert.False((before with { Voters = [Of(1), Of(4), before.Voters[2]] }).MayFollow(before));
        Assert.False((before with { Voters = [Of(1), Of(2)] }).MayFollow(before));
        Assert.False((before with { Voters = [Of(1), Of(4)], OldVoters = [Of(1), Of(2)] }).MayFollow(before));
    }

    private static MemberPlan AnyPlan(Prng prng, Configuration before)
    {
        var name = Named(prng.Between(1, 7));
        var all = before.Everybody().ToList();
        ImmutableArray<Member> voters = [.. all.Where(_ => prng.Between(0, 1) == 0)];
        return prng.Between(1, 4) switch
        {
            1 => MemberPlan.Join(before, new MemberChange.Join(name, prng.Between(0, 1) == 0), 5),
            2 => Leave(before, new MemberChange.Leave(name, prng.Between(0, 2) is var one and > 0
                ? Harness.SimulatedProcess.IncarnationOf(one)
                : null)),
            3 => MemberPlan.SetMaxQuorum(before, prng.Between(2, 7), before.Voters),
            _ => MemberPlan.Assign(before, voters, [.. all.Except(voters)]),
        };
    }

    private static MemberPlan Leave(Configuration before, MemberChange.Leave leave) =>
        MemberPlan.Leave(before, leave, 5, before.Voters, before.Learners.Where(before.MayVote));

    /// <summary>Returns a configuration of some of seven processes. A learner may be another incarnation of a voter.</summary>
    private static Configuration Any(Prng prng)
    {
        var (voters, learners) = (new List<Member>(), new List<Member>());
        for (var i = 1; i <= 7; i++)
        {
            var kind = prng.Between(1, 4);
            if (kind == 1 || (i == 7 && voters.Count == 0))
            {
                voters.Add(Of(i));
            }

            if (kind is 2 || (kind == 1 && prng.Between(1, 5) == 1))
            {
                learners.Add(Of(i, incarnation: 2));
            }
        }

        var never = learners.Select(member => member.Name).Except(voters.Select(member => member.Name)).Where(_ => prng.Between(1, 3) == 1);
        return new Configuration(default, Math.Max(voters.Count, 3), [.. voters], [], [.. learners], []) { NonVoters = [.. never.Order()] };
    }

    private static ProcessName Named(int i) => new($"raft{i}@x");

    private static Member Of(int i, int incarnation = 1) => new(Named(i), Harness.SimulatedProcess.IncarnationOf(incarnation));
}
