using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class StashTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Stashed_Terminated_is_delivered_after_unstash()
    {
        var watched = Sys.ActorOf(Silent.Props);
        var actor = Sys.ActorOf(Props.Create(() => new StashesTerminated(TestActor, watched)));
        Sys.Stop(watched);
        ExpectMsg("stashed");

        actor.Tell("unstash");

        ExpectMsg(watched);
    }

    [Fact]
    public void UnstashAll_with_a_condition_keeps_only_the_messages_that_match()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeper(TestActor)));
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);

        actor.Tell("odd");

        ExpectMsg("stashed 3");
        ExpectMsg(1);
        ExpectMsg(3);
    }

    [Fact]
    public void ClearStash_returns_the_messages_and_Prepend_puts_them_back_in_order()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeper(TestActor)));
        actor.Tell(1);
        actor.Tell(2);

        actor.Tell("clear and prepend");

        ExpectMsg("0 left, then 2");
        ExpectMsg(1);
        ExpectMsg(2);
    }

    [Fact]
    public void Stash_without_a_limit_is_never_full()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeper(TestActor)));

        actor.Tell("capacity");

        ExpectMsg("-1, full: False, empty: True");
    }

    [Fact]
    public void Equal_messages_can_be_stashed_and_one_message_only_once()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Keeper(TestActor)));
        actor.Tell(7);
        actor.Tell(7);

        actor.Tell("twice");

        ExpectMsg("stashed 2");
        ExpectMsg("refused");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stashed_messages_survive_a_restart_unless_the_stash_is_cleared(bool isCleared)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Failing(TestActor, isCleared)));
        actor.Tell(1);
        actor.Tell(2);

        actor.Tell("fail");
        actor.Tell("last");

        foreach (var message in isCleared ? (object[])["last"] : [1, 2, "last"])
        {
            ExpectMsg(message);
        }
    }

    [Fact]
    public void Stashed_messages_of_an_ended_actor_become_dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Failing(TestActor, false)));
        actor.Tell(1);
        actor.Tell(2);

        EventFilter.DeadLetter<int>().Expect(2, () => actor.Tell(PoisonPill.Instance));
    }

    private sealed class Failing : ReceiveActor, IWithUnboundedStash
    {
        private readonly IActorRef _observer;
        private readonly bool _clears;

        public Failing(IActorRef observer, bool clears)
        {
            (_observer, _clears) = (observer, clears);
            Receive<int>(_ => Stash.Stash());
            Receive<string>(_ => throw new InvalidOperationException("as told"));
        }

        public IStash Stash { get; set; } = null!; // Justification: set before the first message.

        protected override void PreRestart(Exception reason, object? message)
        {
            if (_clears)
            {
                Stash.ClearStash();
            }

            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason) => Become(() => ReceiveAny(_observer.Tell));
    }

    private sealed class Keeper : ReceiveActor, IWithUnboundedStash
    {
        private readonly IActorRef _observer;

        public Keeper(IActorRef observer)
        {
            _observer = observer;
            Receive<int>(_ => Stash.Stash());
            Receive<string>(text =>
            {
                switch (text)
                {
                    case "odd":
                        _observer.Tell($"stashed {Stash.Count}");
                        Report();
                        Stash.UnstashAll(envelope => envelope.Message is int and (1 or 3));
                        break;
                    case "clear and prepend":
                        var cleared = Stash.ClearStash().ToArray();
                        var left = Stash.Count;
                        Stash.Prepend(cleared);
                        _observer.Tell($"{left} left, then {Stash.Count}");
                        Report();
                        Stash.UnstashAll();
                        break;
                    case "capacity":
                        _observer.Tell($"{Stash.Capacity}, full: {Stash.IsFull}, empty: {Stash.IsEmpty}");
                        break;
                    case "twice":
                        _observer.Tell($"stashed {Stash.Count}");
                        Stash.Stash();
                        Assert.Throws<IllegalActorStateException>(() => Stash.Stash());
                        _observer.Tell("refused");
                        break;
                }
            });
        }

        public IStash Stash { get; set; } = null!; // Justification: set before the first message.

        private void Report() => Become(() => ReceiveAny(_observer.Tell));
    }

    private sealed class StashesTerminated : ReceiveActor, IWithUnboundedStash
    {
        public StashesTerminated(IActorRef observer, IActorRef watched)
        {
            Context.Watch(watched);
            Receive<Terminated>(_ =>
            {
                Stash.Stash();
                observer.Tell("stashed");
            });
            Receive<string>(_ =>
            {
                Become(() => Receive<Terminated>(terminated => observer.Tell(terminated.ActorRef)));
                Stash.UnstashAll();
            });
        }

        public IStash Stash { get; set; } = null!; // Justification: set before the first message.
    }
}
