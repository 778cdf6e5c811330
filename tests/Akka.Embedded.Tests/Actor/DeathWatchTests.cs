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
    public async Task Watcher_hears_of_the_end_once()
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
    public async Task Watching_one_that_has_ended_tells_so_without_confirming_its_existence()
    {
        var watcher = NewCollector();
        Assert.True(await _subject.GracefulStop(Patience));

        watcher.Ref.Tell(new Watched(_subject));

        await watcher.Next<Watched>();
        var terminated = await watcher.Next<Terminated>();
        Assert.Equal((_subject, false), (terminated.ActorRef, terminated.ExistenceConfirmed));
    }

    [Fact]
    public async Task Watching_a_place_where_there_never_was_an_actor_tells_so()
    {
        var watcher = NewCollector();
        IActorRef nowhere = ((ExtendedActorSystem)System).Provider.ResolveActorRef("akka://test/user/nowhere");

        watcher.Ref.Tell(new Watched(nowhere));

        await watcher.Next<Watched>();
        Assert.Equal(nowhere, (await watcher.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task WatchWith_gives_its_own_message()
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
    public async Task WatchWith_another_message_than_before_is_refused()
    {
        var subject = _subject;
        IActorRef watcher = NewActor((context, _) =>
        {
            context.Watch(subject);
            var refusal = Record.Exception(() => context.WatchWith(subject, "other"));
            context.Sender.Tell(refusal!);
        });

        Assert.IsType<InvalidOperationException>(await watcher.Ask(new object(), Patience));
    }

    [Fact]
    public async Task Unwatch_takes_back_even_a_Terminated_that_is_in_the_mailbox()
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

                    // Behind the notification, which is in the mailbox by now.
                    context.Self.Tell("end");
                    break;
            }

            log.Ref.Tell(message);
        });
        watcher.Tell("watch");
        await log.Expects("watch");

        // Watchers hear of an end in the order of their paths: once the later one has, the notification waits for the earlier.
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
    public async Task Watcher_that_does_not_handle_Terminated_ends_too()
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
    public async Task Terminated_comes_behind_what_the_ended_actor_sent_before()
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
    public async Task End_of_an_address_ends_the_watches_on_it()
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
