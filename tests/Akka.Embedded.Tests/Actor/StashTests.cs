using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class StashTests : ActorTest
{
    [Fact]
    public async Task UnstashAll_returns_messages_in_order_before_all_others()
    {
        var log = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Stasher(log.Ref)));

        foreach (var message in new object[] { 1, 2, 3, "open", 4 })
        {
            actor.Tell(message);
        }

        await log.Expects(1, 2, 3, 4);
    }

    [Fact]
    public async Task Unstash_returns_only_the_oldest_message()
    {
        var log = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Stasher(log.Ref)));

        foreach (var message in new object[] { 1, 2, "open one", 4 })
        {
            actor.Tell(message);
        }

        await log.Expects(1, 4);
    }

    [Fact]
    public async Task Stashed_message_keeps_its_sender()
    {
        var log = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Stasher(log.Ref)));
        var sender = NewCollector();

        actor.Tell("who", sender.Ref);
        actor.Tell("open");

        await log.Expects(sender.Ref);
    }

    [Fact]
    public async Task Restart_gives_stashed_messages_to_the_new_instance_before_all_others()
    {
        var log = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Stasher(log.Ref)));

        foreach (var message in new object[] { 1, 2, "fail", 3, "open" })
        {
            actor.Tell(message);
        }

        await log.Expects(1, 2, 3);
    }

    [Fact]
    public async Task Stashing_one_message_twice_is_refused()
    {
        var log = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Stasher(log.Ref)));

        actor.Tell("twice");

        await log.Next<IllegalActorStateException>();
    }

    [Fact]
    public async Task Messages_stashed_at_the_end_of_the_actor_become_dead_letters()
    {
        var log = NewCollector();
        System.EventStream.Subscribe(log.Ref, typeof(Akka.Event.DeadLetter));
        var actor = System.ActorOf(Props.Create(() => new Stasher(log.Ref)));

        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);

        Assert.Equal(1, (await log.Next<Akka.Event.DeadLetter>()).Message);
    }

    private sealed class Stasher : ReceiveActor, IWithUnboundedStash
    {
        public Stasher(IActorRef log)
        {
            Receive<string>(_ => throw new InvalidOperationException(), text => text == "fail");
            Receive<string>(
                _ =>
                {
                    Stash.Stash();
                    log.Tell(Record.Exception(Stash.Stash)!);
                },
                text => text == "twice");
            Receive<string>(text => Open(log, text), text => text.StartsWith("open", StringComparison.Ordinal));
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;

        private void Open(IActorRef log, string how)
        {
            Become(() =>
            {
                Receive<int>(number => log.Tell(number));
                Receive<string>(_ => log.Tell(Sender), text => text == "who");
            });
            if (how == "open one")
            {
                Stash.Unstash();
            }
            else
            {
                Stash.UnstashAll();
            }
        }
    }
}
