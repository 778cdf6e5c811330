using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class DeathWatchTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly IActorRef _subject;

    public DeathWatchTests() => _subject = Sys.ActorOf(Scripted.Props((_, message) => throw (Exception)message), "subject");

    [Fact]
    public void Each_watcher_receives_one_Terminated()
    {
        var (one, two) = (CreateTestProbe(), CreateTestProbe());
        one.Watch(_subject);
        one.Watch(_subject);
        two.Watch(_subject);

        _subject.Tell(PoisonPill.Instance);

        Assert.True(one.ExpectTerminated(_subject).ExistenceConfirmed);
        two.ExpectTerminated(_subject);
        one.Tell("last");
        one.ExpectMsg("last");
    }

    [Fact]
    public void Watcher_of_an_ended_actor_receives_Terminated_at_once()
    {
        Watch(_subject);
        Sys.Stop(_subject);
        ExpectTerminated(_subject);

        Watch(_subject);

        ExpectTerminated(_subject);
    }

    [Fact]
    public void Restart_gives_no_Terminated()
    {
        Watch(_subject);

        _subject.Tell(new InvalidOperationException("as told"));
        _subject.Tell(new Identify(1), TestActor);
        ExpectMsg<ActorIdentity>();
        Sys.Stop(_subject);

        ExpectTerminated(_subject);
    }

    [Fact]
    public void Unwatched_actor_gives_no_Terminated()
    {
        var watched = Sys.ActorOf(Silent.Props);
        Watch(watched);
        Watch(_subject);
        Unwatch(_subject);

        Sys.Stop(_subject);
        Sys.Stop(watched);

        ExpectTerminated(watched);
        TestActor.Tell("last");
        ExpectMsg("last");
    }

    [Fact]
    public void Message_of_WatchWith_replaces_Terminated()
    {
        Watcher((context, subject) => context.WatchWith(subject, "ended"));

        Sys.Stop(_subject);

        ExpectMsg("ended");
    }

    [Fact]
    public void First_watch_decides_the_message_of_an_actor_that_is_watched_twice()
    {
        Watcher((context, subject) =>
        {
            context.WatchWith(subject, "first");
            context.WatchWith(subject, "second");
            context.Watch(subject);
        });
        Watcher((context, subject) =>
        {
            context.Watch(subject);
            context.WatchWith(subject, "third");
        });

        Sys.Stop(_subject);

        ExpectMsgAllOf<object>("first", "Terminated");
        TestActor.Tell("last");
        ExpectMsg("last");
    }

    [Fact]
    public void Message_of_WatchWith_can_be_changed_after_Unwatch()
    {
        Watcher((context, subject) =>
        {
            context.WatchWith(subject, "first");
            context.Unwatch(subject);
            context.WatchWith(subject, "second");
        });

        Sys.Stop(_subject);

        ExpectMsg("second");
    }

    [Fact]
    public void Actor_that_does_not_handle_Terminated_fails_with_a_DeathPactException()
    {
        var deaf = Sys.ActorOf(Props.Create(() => new Deaf(_subject)));
        Watch(deaf);

        EventFilter.Exception<DeathPactException>().ExpectOne(() => Sys.Stop(_subject));

        ExpectTerminated(deaf);
    }

    [Fact]
    public void Messages_behind_a_PoisonPill_become_dead_letters()
    {
        EventFilter.DeadLetter<string>().ExpectOne(() =>
        {
            _subject.Tell(PoisonPill.Instance);
            _subject.Tell("late");
        });
    }

    [Fact]
    public void Terminated_in_the_mailbox_is_discarded_when_its_actor_is_unwatched()
    {
        using var release = new ManualResetEventSlim();
        var subject = _subject;
        var watcher = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            switch (message)
            {
                case "unwatch":
                    context.Watch(subject);
                    TestActor.Tell("watches");
                    release.Wait();
                    context.Unwatch(subject);
                    break;
                default:
                    TestActor.Tell(message);
                    break;
            }
        }));
        watcher.Tell("unwatch");
        ExpectMsg("watches");
        Watch(_subject);
        Sys.Stop(_subject);
        ExpectTerminated(_subject);

        release.Set();
        watcher.Tell("last");

        ExpectMsg("last");
    }

    private IActorRef Watcher(Action<IActorContext, IActorRef> watch)
    {
        var subject = _subject;
        var observer = TestActor;
        var watcher = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            switch (message)
            {
                case "watch":
                    watch(context, subject);
                    context.Sender.Tell("watches");
                    break;
                default:
                    observer.Tell(message is Terminated ? "Terminated" : message);
                    break;
            }
        }));
        watcher.Tell("watch", observer);
        ExpectMsg("watches");
        return watcher;
    }

    private sealed class Deaf : UntypedActor
    {
        public Deaf(IActorRef subject) => Context.Watch(subject);

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
