namespace RaftActors.Tests.Engine;

public sealed class CallInboxTests : TestKit
{
    // A client adds under its own lock. Two clients of one node that told each other's callers there would wait for each other for ever.
    [Fact]
    public void Call_to_an_engine_that_has_stopped_is_declined_and_not_on_the_thread_that_adds_it()
    {
        CallInbox inbox = new(TestActor);
        inbox.Close(new ClientReply.Declined("It has stopped."));
        Caller caller = new();

        inbox.Add(new ClientCall.Status(), caller);
        inbox.Announce();

        Assert.True(caller.Threads.TryTake(out var thread, Guard));
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread);
    }

    private sealed class Caller : ICanTell
    {
        public BlockingCollection<int> Threads { get; } = [];

        public void Tell(object message, IActorRef sender) => Threads.Add(Environment.CurrentManagedThreadId);
    }
}
