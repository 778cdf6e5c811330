using RaftActors.Testing;
using RaftActors.Values;

namespace RaftActors.Tests.Actors;

/// <content>Entities that a shard quarantines.</content>
public sealed partial class EntityShardTests
{
    [Fact]
    public async Task Command_that_throws_quarantines_its_entity_alone()
    {
        await using var entities = Start();
        await entities.SendAsync<int>("a", 1);
        await entities.SendAsync<int>("x", 1);

        var thrown = await entities.SendAsync<int>("x", "a text where a number is expected");
        var later = await entities.SendAsync<int>("x", 1);

        Assert.Equal(UnknownReason.Quarantined, Assert.IsType<Outcome<int>.Unknown>(thrown).Reason);
        var refused = Assert.IsType<Outcome<int>.NotCommitted>(later);
        Assert.Equal(NotCommittedReason.Quarantined, refused.Reason);
        Assert.Contains("'x' is quarantined since its command 3. InvalidCastException", refused.Detail);
        var problem = await Assert.ThrowsAsync<RaftUnavailableException>(() => entities.AskAsync<byte[]>("x"));
        Assert.Contains("'x' is quarantined", problem.Message);
        var named = Assert.Single(Assert.Single(Raft.Get(Sys).Processes).Quarantined);
        Assert.Equal(("x", new Serial(3)), (named.Id, named.Serial));
        Assert.Equal(2, (await entities.SendAsync<int>("a", 1)).OrThrow().ResultOr(-1));
    }

    [Fact]
    public void Shard_that_holds_too_many_commands_of_quarantined_entities_stops_and_says_so()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked);
        Start(new EntityShardOptions<byte[]> { HeldSizeMax = 10_000 });
        Watch(_shard);
        group.BuildQuorum(withActor: false);
        group.Commit("x", "text");
        group.Commit("a", 1);

        EventFilter.Error(contains: "The shard stops on this node, and loses nothing").Expect(1, () =>
        {
            foreach (var number in Enumerable.Range(0, 1000))
            {
                group.Commit("x", $"a text of more than ten bytes {number}");
            }

            ExpectTerminated(_shard, TimeSpan.FromSeconds(30));
        });

        Assert.Equal("x", Assert.Single(Assert.Single(Raft.Get(Sys).Processes).Quarantined).Id);
    }

    [Fact]
    public async Task Repeat_of_a_held_command_is_as_unknown_as_the_first_call()
    {
        await using var entities = Start();
        await entities.SendAsync<int>("x", "text", requestKey: "one");

        var again = await entities.SendAsync<int>("x", "text", requestKey: "one");
        var other = await entities.SendAsync<int>("x", "text", requestKey: "two");

        Assert.Equal(UnknownReason.Quarantined, Assert.IsType<Outcome<int>.Unknown>(again).Reason);
        Assert.Equal(NotCommittedReason.Quarantined, Assert.IsType<Outcome<int>.NotCommitted>(other).Reason);
    }

    [Fact]
    public async Task Repeat_of_a_held_command_gets_its_result_when_the_next_program_has_handled_it_from_the_log()
    {
        await using var entities = Start();
        await entities.SendAsync<int>("x", "text", requestKey: "one");
        _program.ReadsText = true;
        await RestartAsync();

        var again = await entities.SendAsync<int>("x", "text", TimeSpan.FromSeconds(30), requestKey: "one");

        Assert.Equal(4, again.OrThrow().ResultOr(-1));
        Assert.Equal([4], await entities.AskAsync<byte[]>("x"));
    }

    [Fact]
    public async Task Quarantine_is_logged_as_an_error()
    {
        await using var entities = Start();
        await EventFilter.Error(contains: "the entity 'x' is quarantined since its command 1.")
            .ExpectOneAsync(() => entities.SendAsync<int>("x", "text"));
    }

    [Fact]
    public async Task Entity_is_new_after_a_reset()
    {
        await using var entities = Start();
        await entities.SendAsync<int>("x", 5);
        await entities.SendAsync<int>("x", "text");

        Assert.Null((await entities.ResetAsync("x")).OrThrow().ResultOr("none"));

        Assert.Equal(1, (await entities.SendAsync<int>("x", 1)).OrThrow().ResultOr(-1));
        Assert.Empty(Assert.Single(Raft.Get(Sys).Processes).Quarantined);
    }

    [Fact]
    public async Task Next_program_handles_the_command_that_threw()
    {
        await using var entities = Start();
        await entities.SendAsync<int>("x", 5);
        await entities.SendAsync<int>("x", "text");

        _program.ReadsText = true;
        await RestartAsync();

        Assert.Equal(10, (await entities.SendAsync<int>("x", 1, TimeSpan.FromSeconds(30))).OrThrow().ResultOr(-1));
        Assert.Empty(Assert.Single(Raft.Get(Sys).Processes).Quarantined);
    }

    [Fact]
    public void Snapshot_of_another_node_with_a_quarantine_is_named_before_the_next_command()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked);
        Start();
        group.BuildQuorum(withActor: false);
        group.Commit("x", "text");
        group.TakeSnapshot();
        var snapshot = (byte[])asked.ExpectMsg<FromActor<object?>.Snapshot>().State!;
        group.Commit("x", EntityReset.Instance);
        AwaitAssert(() => Assert.Empty(Assert.Single(Raft.Get(Sys).Processes).Quarantined));

        group.SendStreamSnapshot(new Serial(100), snapshot);

        AwaitAssert(() => Assert.Equal("x", Assert.Single(Assert.Single(Raft.Get(Sys).Processes).Quarantined).Id));
    }

    [Fact]
    public async Task State_that_cannot_be_written_is_named_when_its_entity_is_idle()
    {
        StartPad(TimeSpan.FromMilliseconds(100));
        await using var entities = Raft.Get(Sys).CreateEntityClient(Shards);

        await entities.SendAsync<string>("x", "?");

        await AwaitAssertAsync(
            () => Assert.Equal("x", Assert.Single(Assert.Single(Raft.Get(Sys).Processes).Quarantined).Id), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void State_that_cannot_be_written_is_named_when_a_snapshot_is_taken()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked);
        StartPad(TimeSpan.FromMinutes(2));
        group.BuildQuorum(withActor: false);
        group.Commit("x", "?");

        group.TakeSnapshot();

        asked.ExpectMsg<FromActor<object?>.Snapshot>();
        AwaitAssert(() => Assert.Equal("x", Assert.Single(Assert.Single(Raft.Get(Sys).Processes).Quarantined).Id));
    }

    [Fact]
    public async Task Exception_that_does_not_come_again_does_not_show()
    {
        await using var entities = Start();
        await entities.SendAsync<int>("x", 5);
        _program.FailuresLeft = 1;

        Assert.Equal(6, (await entities.SendAsync<int>("x", 1)).OrThrow().ResultOr(-1));
        Assert.Empty(Assert.Single(Raft.Get(Sys).Processes).Quarantined);
    }
}
