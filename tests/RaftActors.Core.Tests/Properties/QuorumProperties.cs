using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Core.Tests.Properties;

/// <summary>Quorum arithmetic, compared with the simplest possible implementation.</summary>
public sealed class QuorumProperties
{
    private static readonly ImmutableArray<Member> AllMembers =
        [.. Enumerable.Range(1, 9).Select(i => new Member(new ProcessName($"raft{i}@x"), SimulatedProcess.IncarnationOf(1)))];

    [Fact]
    public void The_majority_index_is_the_highest_that_more_than_half_have()
    {
        Check(indices => Gen.Choose(0, indices.Length), (indices, size) =>
        {
            ImmutableArray<Member> voters = AllMembers[..Math.Max(1, size)];
            var reached = Majority.Reached(Of(voters, indices)).Value;
            bool HaveIt(long index) => voters.Count(voter => indices[AllMembers.IndexOf(voter)] >= index) * 2 > voters.Length;
            return HaveIt(reached) && !HaveIt(reached + 1);
        });
    }

    [Fact]
    public void A_joint_configuration_commits_only_what_both_sets_have()
    {
        Check(_ => Gen.Choose(1, AllMembers.Length - 1), (indices, split) =>
        {
            var (voters, old) = (AllMembers[..split], AllMembers[(split / 2)..]);
            bool HaveIt(ImmutableArray<Member> set, long index) =>
                set.Count(voter => indices[AllMembers.IndexOf(voter)] >= index) * 2 > set.Length;
            var reached = Majority.Reached(Of(voters, indices), Of(old, indices)).Value;
            return HaveIt(voters, reached) && HaveIt(old, reached) && !(HaveIt(voters, reached + 1) && HaveIt(old, reached + 1));
        });
    }

    [Fact]
    public void An_election_is_won_or_lost_when_no_open_vote_can_change_it()
    {
        Check(_ => Gen.Choose(1, AllMembers.Length), (votes, size) =>
        {
            var voters = AllMembers[..size];
            bool? VoteOf(Member member) => (votes[AllMembers.IndexOf(member)] % 3) switch { 0 => true, 1 => false, _ => null };
            bool IsWonIf(bool open) => voters.Count(voter => VoteOf(voter) ?? open) * 2 > voters.Length;
            var expected = IsWonIf(open: false) ? VoteResult.Won : IsWonIf(open: true) ? VoteResult.Pending : VoteResult.Lost;
            return Majority.Result(voters, VoteOf) == expected;
        });
    }

    [Fact]
    public void A_joint_election_is_won_when_both_sets_are_won_and_lost_when_one_is()
    {
        Check(_ => Gen.Choose(1, AllMembers.Length - 1), (votes, split) =>
        {
            bool? VoteOf(Member member) => (votes[AllMembers.IndexOf(member)] % 3) switch { 0 => true, 1 => false, _ => null };
            var (voters, old) = (AllMembers[..split], AllMembers[(split / 2)..]);
            VoteResult[] each = [Majority.Result(voters, VoteOf), Majority.Result(old, VoteOf)];
            var expected = each.Contains(VoteResult.Lost) ? VoteResult.Lost
                : each.Contains(VoteResult.Pending) ? VoteResult.Pending
                : VoteResult.Won;
            return Majority.Result(new Configuration(GroupUid.None, voters.Length, voters, old, [], []), VoteOf) == expected;
        });
    }

    [Fact]
    public void An_empty_set_of_voters_agrees_to_everything()
    {
        Assert.Equal(new LogIndex(long.MaxValue), Majority.Reached([]));
        Assert.Equal(VoteResult.Won, Majority.Result([], _ => false));
    }

    [Fact]
    public void The_quorum_is_the_largest_odd_number_that_fits()
    {
        foreach (var maximum in new[] { 3, 5, 7, 9, 11 })
        {
            foreach (var processes in Enumerable.Range(1, 30))
            {
                var fitting = Enumerable.Range(1, processes).Where(size => size <= maximum && (size % 2 == 1 || processes < 3));
                Assert.Equal(fitting.Max(), QuorumSize.For(processes, maximum));
            }
        }
    }

    private static LogIndex[] Of(ImmutableArray<Member> voters, int[] indices) =>
        [.. voters.Select(voter => new LogIndex(indices[AllMembers.IndexOf(voter)]))];

    private static void Check(Func<int[], Gen<int>> parameter, Func<int[], int, bool> holds)
    {
        var cases =
            from indices in Gen.Choose(0, 8).ArrayOf(AllMembers.Length)
            from number in parameter(indices)
            select (indices, number);
        Prop.ForAll(cases.ToArbitrary(), one => holds(one.indices, one.number)).QuickCheckThrowOnFailure();
    }
}
