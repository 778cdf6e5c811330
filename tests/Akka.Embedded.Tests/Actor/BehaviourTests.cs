using Akka.Actor;
using Akka.Event;

namespace Akka.Embedded.Tests.Actor;

public sealed class BehaviourTests : ActorTest
{
    [Fact]
    public async Task Receive_handlers_are_tried_in_order_until_one_takes_the_message()
    {
        var collector = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Chooser(collector.Ref)));

        actor.Tell(5);
        actor.Tell(50);
        actor.Tell(500);
        actor.Tell("text");

        await collector.Expects("small 5", "refused 50", "number 50", "number 500", "any text");
    }

    [Fact]
    public async Task Message_without_a_handler_is_published_as_unhandled()
    {
        var unhandled = NewCollector();
        System.EventStream.Subscribe<UnhandledMessage>(unhandled.Ref);
        var actor = System.ActorOf(Props.Create(() => new Empty()));

        actor.Tell("what", unhandled.Ref);

        var message = await unhandled.Next<UnhandledMessage>();
        Assert.Equal(("what", unhandled.Ref, actor), (message.Message, message.Sender, message.Recipient));
    }

    [Fact]
    public async Task Actor_fails_to_start_when_a_handler_follows_a_catch_all_handler()
    {
        var watcher = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Overfull()));

        watcher.Ref.Tell(new Watched(actor));

        await watcher.Next<Watched>();
        Assert.Equal(actor, (await watcher.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Become_replaces_the_behaviour_and_BecomeStacked_pushes_one_until_unbecome()
    {
        var collector = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Moody(collector.Ref)));

        foreach (var message in new object[] { "a", "stack", "b", "pop", "c", "become", "d", "pop", "e" })
        {
            actor.Tell(message);
        }

        await collector.Expects("calm a", "stacked b", "calm c", "other d", "calm e");
    }

    [Fact]
    public async Task Become_in_the_constructor_is_the_first_behaviour()
    {
        var collector = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Premature(collector.Ref)));

        actor.Tell("a");

        await collector.Expects("became a");
    }

    [Fact]
    public async Task Context_outside_of_an_actor_is_refused_with_a_correction()
    {
        var actor = System.ActorOf(Props.Create(() => new Leaky()));

        var failure = await actor.Ask<NotSupportedException>("go", Patience);

        Assert.Contains("PipeTo", failure.Message);
    }

    [Fact]
    public void Actor_made_by_new_alone_is_refused()
    {
        Assert.Throws<ActorInitializationException>(() => new Empty());
    }

    private sealed class Chooser : ReceiveActor
    {
        public Chooser(IActorRef log)
        {
            Receive<int>(number => log.Tell($"small {number}"), number => number < 10);
            Receive<int>(number =>
            {
                if (number == 50)
                {
                    log.Tell($"refused {number}");
                }

                return false;
            });
            Receive(typeof(int), number => log.Tell($"number {number}"));
            ReceiveAny(message => log.Tell($"any {message}"));
        }
    }

    private sealed class Empty : ReceiveActor;

    private sealed class Overfull : ReceiveActor
    {
        public Overfull()
        {
            ReceiveAny(_ => { });
            Receive<string>(_ => { });
        }
    }

    private sealed class Moody : ReceiveActor
    {
        public Moody(IActorRef log)
        {
            Receive<string>(_ => BecomeStacked(() => Talk(log, "stacked")), text => text == "stack");
            Receive<string>(_ => Become(() => Talk(log, "other")), text => text == "become");
            Receive<string>(text => log.Tell($"calm {text}"));
        }

        private void Talk(IActorRef log, string mood)
        {
            Receive<string>(_ => UnbecomeStacked(), text => text == "pop");
            Receive<string>(text => log.Tell($"{mood} {text}"));
        }
    }

    private sealed class Premature : ReceiveActor
    {
        public Premature(IActorRef log) => Become(() => Receive<string>(text => log.Tell($"became {text}")));
    }

    private sealed class Leaky : ReceiveActor
    {
        public Leaky() => ReceiveAny(_ =>
        {
            var asker = Sender;
            Task.Run(() => Context.Parent).ContinueWith(task => asker.Tell(task.Exception!.InnerException!, ActorRefs.NoSender));
        });
    }
}
