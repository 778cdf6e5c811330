using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

using VirtualTime;

namespace RaftActors.Tests.Actors;

/// <summary>A shard in virtual time, whose group the test plays.</summary>
public sealed class PassivationTests() : TestKit(
    """
    akka.loglevel = OFF
    akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
    raft { node = "node1", roster = ["bag-0@node1"], quorum.allow-fewer-than-three = on }
    """)
{
    private int _created;

    [Fact]
    public void Entity_is_active_for_the_whole_time_after_its_last_command_and_no_longer()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked);
        Sys.ActorOf(Props.Create(() => new EntityShard<Sum, int>(
            new RaftShards("bag", 1).All[0], Create, new EntityShardOptions<int> { PassivateAfter = TimeSpan.FromMinutes(2) })));
        group.BuildQuorum(withActor: false);

        Assert.Equal(1, CreatedAfterCommand());
        Advance(minutes: 1);
        Assert.Equal(1, CreatedAfterCommand());
        Advance(minutes: 1);
        Advance(minutes: 1);
        Assert.Equal(2, CreatedAfterCommand());

        int CreatedAfterCommand()
        {
            group.Commit("a", 1);
            group.TakeSnapshot();
            asked.ExpectMsg<FromActor<object?>.Snapshot>();
            return _created;
        }
    }

    private Sum Create()
    {
        _created++;
        return new Sum();
    }

    private void Advance(int minutes) => ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromMinutes(minutes));

    private sealed class Sum : ReplicatedEntity<int, int>
    {
        protected override int NewState() => 0;

        protected override object? HandleCommand(int command) => State += command;
    }
}
