using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class DeathWatchTests : ActorTest
{
    private readonly IActorRef _subject;

    public DeathWatchTests()
    {
        _subject = NewActor((_, _) => { });
    }

    [Fact]
    public async Task Watcher_receives_Terminated_once()
    {
        var watcher = NewCollector();
        watcher.Ref.Tell(new Watched(_subject));
        watcher.Ref.Tell(new Watched(_subject));
        await watcher.Next<Watched>();
        await watcher.Next<Watched>();

        Assert.True(await _subject.GracefulStop(Patience));

        var terminated = await watcher.Next<Terminated>();
        Assert.Equal((_subject, true, false), (terminated.ActorRef, terminated.ExistenceConfirmed, terminated.AddressTerminated));
        Assert.Equal(_subject, watcher.LastSender);
        await watcher.ExpectsNothingElse();
    }

    [Fact]
    public async Task Watching_an_ended_actor_gives_Terminated_without_confirmed_existence()
    {
        var watcher = NewCollector();
        Assert.True(await _subject.GracefulStop(Patience));

        watcher.Ref.Tell(new Watched(_subject));

        await watcher.Next<Watched>();
        var terminated = await watcher.Next<Terminated>();
        Assert.Equal((_subject, false), (terminated.ActorRef, terminated.ExistenceConfirmed));
    }

    [Fact]
    public async Task Watching_a_path_without_an_actor_gives_Terminated()
    {
        var watcher = NewCollector();
        IActorRef nowhere = ((ExtendedActorSystem)System).Provider.ResolveActorRef("akka://test/user/nowhere");

        watcher.Ref.Tell(new Watched(nowhere));

        await watcher.Next<Watched>();
        Assert.Equal(nowhere, (await watcher.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task WatchWith_delivers_the_given_message()
    {
        var log = NewCollector();
        var subject = _subject;
        IActorRef watcher = NewActor((context, message) =>
        {
            if (message is "watch")
            {
                context.WatchWith(subject, "it ended");
            }

            log.Ref.Tell(message);
        });
        watcher.Tell("watch");
        await log.Expects("watch");

        System.Stop(_subject);

        await log.Expects("it ended");
    }

    [Fact]
    public async Task Unwatch_discards_a_Terminated_that_is_in_the_mailbox()
    {
        var log = NewCollector();
        var subject = _subject;
        using var gate = new ManualResetEventSlim();
        IActorRef watcher = NewActor((context, message) =>
        {
            switch (message)
            {
                case "watch":
                    context.Watch(subject);
                    break;
                case "hold":
                    gate.Wait();
                    break;
                case "unwatch":
                    context.Unwatch(subject);

                    // After the notification, which is in the mailbox already.
                    context.Self.Tell("end");
                    break;
            }

            log.Ref.Tell(message);
        });
        watcher.Tell("watch");
        await log.Expects("watch");

        // Watchers are notified in the order of their paths. So after the later one received it, the earlier one has it in its mailbox.
        var later = NewCollector();
        later.Ref.Tell(new Watched(_subject));
        await later.Next<Watched>();
        watcher.Tell("hold");
        watcher.Tell("unwatch");
        System.Stop(_subject);
        await later.Next<Terminated>();
        gate.Set();

        await log.Expects("hold", "unwatch", "end");
    }

    [Fact]
    public async Task Watcher_that_does_not_handle_Terminated_is_stopped()
    {
        var outer = NewCollector();
        var subject = _subject;
        var watcher = System.ActorOf(Props.Create(() => new Careless(subject)));
        outer.Ref.Tell(new Watched(watcher));
        await outer.Next<Watched>();

        System.Stop(_subject);

        Assert.Equal(watcher, (await outer.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Terminated_arrives_after_the_messages_of_the_ended_actor()
    {
        var watcher = NewCollector();
        IActorRef subject = NewActor((context, _) =>
        {
            for (var i = 0; i < 100; i++)
            {
                watcher.Ref.Tell(i);
            }

            context.Stop(context.Self);
        });
        watcher.Ref.Tell(new Watched(subject));
        await watcher.Next<Watched>();

        subject.Tell("go");

        await watcher.Expects([.. Enumerable.Range(0, 100).Cast<object>()]);
        await watcher.Next<Terminated>();
    }

    [Fact]
    public async Task Watched_actors_are_terminated_when_their_address_is_lost()
    {
        var watcher = NewCollector();
        var system = (ActorSystemImpl)System;
        var elsewhere = new Address("akka.tcp", "other", "host", 1);
        var remote = new FarAwayRef(system.Provider, new RootActorPath(elsewhere) / "user" / "far");
        watcher.Ref.Tell(new Watched(remote));
        await watcher.Next<Watched>();

        system.AddressTerminatedTopic.Publish(new AddressTerminated(elsewhere));

        var terminated = await watcher.Next<Terminated>();
        Assert.Equal((remote, true), (terminated.ActorRef, terminated.AddressTerminated));
    }

    private sealed class Careless : ReceiveActor
    {
        public Careless(IActorRef subject) => Context.Watch(subject);
    }

    private sealed class FarAwayRef(LocalActorRefProvider provider, ActorPath path) : InternalActorRef
    {
        public override ActorPath Path => path;

        public override bool IsLocal => false;

        public override LocalActorRefProvider Provider => provider;

        public override void SendSystemMessage(Akka.Dispatch.SysMsg.SystemMessage message)
        {
        }

        protected override void TellInternal(object message, IActorRef? sender)
        {
        }
    }
}
