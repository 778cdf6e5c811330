namespace RaftActors.Core.Tests;

/// <summary>Disks whose sync takes longer than an election timeout of 15 to 30 ticks. A heartbeat is sent every 5 ticks.</summary>
public sealed class SlowDiskTests
{
    private static readonly ulong Seeds = (ulong)Share.Of(test: 1, ci: 5, whole: 5);

    public static TheoryData<int[]> Disks =>
    [
        [0, 0, 0],
        [10, 10, 10],
        [20, 20, 20],
        [40, 40, 40],
        [200, 200, 200],
        [0, 200, 200],
        [40, 0, 0],
        [40, 0, 200],
        [40, 40, 40, 40, 40],
        [0, 20, 40, 100, 200],
    ];

    [Theory]
    [MemberData(nameof(Disks))]
    public void Group_with_slow_disks_elects_a_leader_and_keeps_it(int[] syncTicks)
    {
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var group = new SlowGroup(seed, syncTicks);
            var leader = Elect(group, syncTicks);
            AssertStays(group, leader, TimeoutWith(syncTicks));
        }
    }

    [Theory]
    [InlineData(20, 20, 20)]
    [InlineData(40, 40, 40)]
    [InlineData(200, 200, 200)]
    [InlineData(40, 40, 40, 40, 40)]
    public void Group_with_slow_disks_keeps_its_leader_when_a_follower_restarts(params int[] syncTicks)
    {
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var group = new SlowGroup(seed, syncTicks);
            var leader = Elect(group, syncTicks);

            // The others write its boot, and send nothing before that is durable.
            group.Restart(group.Names.First(name => name != leader.Name));

            AssertStays(group, leader, TimeoutWith(syncTicks));
        }
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void Group_with_slow_disks_elects_another_leader_when_its_leader_restarts(int[] syncTicks)
    {
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var group = new SlowGroup(seed, syncTicks);
            var former = Elect(group, syncTicks);

            // Its connections close, so the others campaign early, one after another.
            group.Restart(former.Name);

            var leader = Elect(group, syncTicks);
            Assert.True(leader.Term > former.Term);
            AssertStays(group, leader, TimeoutWith(syncTicks));
        }
    }

    // A boot, the candidate's vote and the voters' votes are synced one after another, each perhaps behind another sync. Besides, a few
    // elections may be split, or begin before the slowest process has started.
    private static int TimeoutWith(int[] syncTicks) => 10 * ((2 * syncTicks.Max()) + 30);

    private static (ProcessName Name, Term Term) Elect(SlowGroup group, int[] syncTicks)
    {
        group.Tick(TimeoutWith(syncTicks));
        var leader = group.Leader ?? throw new InvalidOperationException($"No process leads in term {group.Term}.");
        Assert.Equal(syncTicks.Length, group.CommittedIn(leader.Term));
        return leader;
    }

    private static void AssertStays(SlowGroup group, (ProcessName Name, Term Term) leader, int ticks)
    {
        for (; ticks > 0; ticks--)
        {
            group.Tick(1);
            Assert.Equal(leader, group.Leader);
        }
    }
}
