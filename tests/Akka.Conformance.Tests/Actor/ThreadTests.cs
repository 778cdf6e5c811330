using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

/// <summary>On which threads actors run, and which threads they do not need.</summary>
public sealed class ThreadTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public void Ask_and_ResolveOne_need_no_thread_of_the_waiting_context()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, _) => context.Sender.Tell("answer")), "answers");

        var (answer, resolved) = InDeadContext(_ => (
            actor.Ask<string>("question", Guard).Result,
            Sys.ActorSelection("/user/answers").ResolveOne(Guard).Result));

        Assert.Equal(("answer", actor), (answer, resolved));
    }

    [Fact]
    public void Actor_does_not_run_in_the_synchronization_context_of_the_thread_that_made_it()
    {
        using var handled = new ManualResetEventSlim();

        var (system, posts) = InDeadContext(context =>
        {
            var system = ActorSystem.Create("context");
            system.ActorOf(Scripted.Props((_, _) => handled.Set())).Tell("hello", ActorRefs.NoSender);
            Assert.True(handled.Wait(Guard));
            return (system, context.Posts);
        });

        system.Dispose();
        Assert.Equal(0, posts);
    }

    [Fact]
    public void Two_actors_run_at_the_same_time()
    {
        using var meeting = new Barrier(2);
        for (var i = 0; i < 2; i++)
        {
            Sys.ActorOf(Scripted.Props((_, _) => TestActor.Tell(meeting.SignalAndWait(Guard)))).Tell("meet");
        }

        ExpectMsg(true, Guard);
        ExpectMsg(true, Guard);
    }

    [Fact]
    public void Stop_overtakes_the_messages_in_the_mailbox()
    {
        using var release = new ManualResetEventSlim();
        var holding = Scripted.Props((_, message) =>
        {
            TestActor.Tell(message);
            release.Wait();
        });
        var parent = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            if (message is "stop")
            {
                context.Stop(context.Child("child"));
            }

            context.Sender.Tell(message is "stop" ? "told" : context.ActorOf(holding, "child"));
        }));
        parent.Tell("make", TestActor);
        var actor = Watch(ExpectMsg<IActorRef>());
        actor.Tell("first");
        ExpectMsg("first");
        actor.Tell("second");
        parent.Tell("stop", TestActor);
        ExpectMsg("told");

        EventFilter.DeadLetter<string>().ExpectOne(release.Set);

        ExpectTerminated(actor);
    }

    /// <summary>Runs a function on a thread whose synchronization context runs nothing.</summary>
    private static T InDeadContext<T>(Func<DeadContext, T> function)
    {
        var result = Task.Factory.StartNew(
            () =>
            {
                var context = new DeadContext();
                SynchronizationContext.SetSynchronizationContext(context);
                return function(context);
            },
            default,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Assert.True(result.Wait(2 * Guard));
        return result.Result;
    }

    private sealed class DeadContext : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state) => Posts++;
    }
}
