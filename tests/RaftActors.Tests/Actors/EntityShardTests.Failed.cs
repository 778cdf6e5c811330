namespace RaftActors.Tests.Actors;

/// <content>Commands whose entity throws.</content>
public sealed partial class EntityShardTests
{
    [Fact]
    public async Task Command_that_throws_changes_nothing_and_its_caller_gets_the_exception()
    {
        await using var entities = Start();
        await entities.SendAsync("x", 5);

        var failed = await entities.SendAsync("x", "a text, not a number");

        Assert.Equal((new Serial(2), FailureReason.HandlerFailed), (failed.Serial, failed.Faulted().Reason));
        Assert.StartsWith(
            "The command 2 of the entity 'x' is committed, and changed nothing: HandleCommand threw InvalidCastException: Unable to cast",
            failed.Faulted().Detail);
        Assert.Equal(6, (await entities.SendAsync("x", 1)).OrThrow().ResultOr(-1));
    }

    [Fact]
    public async Task Repeat_of_a_command_that_failed_fails_in_the_same_way()
    {
        await using var entities = Start();
        _program.Fault = new TimeoutException("first");
        (await entities.SendAsync("x", 1, requestKey: "one")).Faulted();
        _program.Fault = null;

        var again = await entities.SendAsync("x", 1, requestKey: "one");

        Assert.Contains("HandleCommand threw TimeoutException: first.", again.Faulted().Detail);
        Assert.Equal(new Serial(1), again.Serial);
    }

    [Fact]
    public async Task Failure_is_logged_as_an_error()
    {
        await using var entities = Start();
        await EventFilter.Error(contains: "The command 1 of the entity 'x' has failed on this node, and changed nothing.").ExpectOneAsync(
            async () => (await entities.SendAsync("x", "text")).Faulted());
    }

    [Fact]
    public void Exception_that_speaks_of_the_node_holds_the_shard()
    {
        var group = new ScriptedGroup<object?>(Sys, CreateTestProbe());
        Start();
        group.BuildQuorum(withActor: false);
        _program.Fault = new InvalidOperationException("no room", new OutOfMemoryException());

        EventFilter.Error(contains: "no room").Expect(3, () => group.Commit("a", 1));

        Assert.Equal(new Serial(1), Assert.Single(Raft.Get(Sys).Processes).HeldAt?.Serial);
    }

    [Fact]
    public void Snapshot_with_a_state_that_this_program_cannot_read_holds_the_shard_and_names_the_entity()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked);
        Start();
        group.BuildQuorum(withActor: false);
        group.Commit("a", 1);
        group.TakeSnapshot();
        var snapshot = (byte[])asked.ExpectMsg<FromActor<object?>.Snapshot>().State!;
        snapshot[^2] = 99; // The kind of the value.

        EventFilter.Error(contains: "The state of the entity 'a' cannot be read").Expect(
            3, () => group.SendStreamSnapshot(new Serial(100), snapshot));

        Assert.Equal("RestoreSnapshot", Assert.Single(Raft.Get(Sys).Processes).HeldAt?.Callback);
    }
}
