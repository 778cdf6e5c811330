namespace RaftActors.Tests.Groups;

/// <summary>A store fails, is full, or cannot be opened.</summary>
public sealed class StoreFailureTests : VirtualGroupTest
{

    [Fact]
    public void Group_continues_without_the_process_whose_store_failed()
    {
        Found();
        Group.FailStore("raft1", "the disk is gone.");
        Group.AdvanceUntil("raft1", "quorum lost");

        Group.AdvanceUntil("raft2", "leader lost");
        Group.Actors["raft2"].Tell(new Recorder.Append("key", "value"), TestActor);
        Group.AdvanceUntil("raft2", "append 1 key=value own");

        ExpectMsg<Outcome<int>>().OrThrow();
    }

    [Fact]
    public async Task Store_that_no_engine_ever_used_is_closed_with_its_node()
    {
        var store = new ScriptedStore();
        var options = new RaftOptions<string> { Name = "raft1", Store = () => store };
        EventFilter.Exception<ActorInitializationException>()
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Stillborn(options))));

        // The store opens on another thread, which the failed constructor does not wait for.
        AwaitCondition(() => store.Users == 1);

        Stop(Sys);

        await store.Closed.WaitAsync(Guard);
        Assert.Equal(0, store.Users);
    }

    private static void Stop(ActorSystem system) => Assert.True(system.Terminate().Wait(Guard));

    private void Found()
    {
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            Group.Start(name, new RaftOptions<string>());
        }

        Group.AdvanceUntil("raft1", "leads");
        Group.AdvanceUntil("raft2", "led by raft1 at 0");
        Group.AdvanceUntil("raft3", "led by raft1 at 0");
    }

    private sealed class Stillborn : RaftActor<string>
    {
        public Stillborn(RaftOptions<string> options)
            : base(options) => throw new InvalidOperationException($"{Group.Self} is stillborn");

        protected override object? HandleAppend(Entry<string> entry) => null;
    }
}
