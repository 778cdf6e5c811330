using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Embedded.Tests.Actor;

namespace Akka.Embedded.Tests.Dispatch;

public sealed class DispatcherTests() : ActorTest("own-dispatcher { type = ForkJoinDispatcher, throughput = 1 }")
{
    [Fact]
    public void Calling_thread_dispatcher_handles_a_message_before_tell_returns()
    {
        Thread? handledOn = null;
        Action<IActorContext, object> receive = (_, _) => handledOn = Thread.CurrentThread;
        IActorRef actor = System.ActorOf(Props.Create(() => new FunctionActor(receive))
            .WithDispatcher(CallingThreadDispatcher.CallingThreadDispatcherId));

        actor.Tell("now");

        Assert.Same(Thread.CurrentThread, handledOn);
    }

    [Fact]
    public void Calling_thread_dispatcher_handles_a_message_to_Self_after_the_current_message()
    {
        List<object> log = [];
        Action<IActorContext, object> receive = (context, message) =>
        {
            if (message is "first")
            {
                context.Self.Tell("second");
            }

            log.Add(message);
        };
        IActorRef actor = System.ActorOf(
            Props.Create(() => new FunctionActor(receive)).WithDispatcher(CallingThreadDispatcher.CallingThreadDispatcherId));

        actor.Tell("first");

        Assert.Equal(["first", "second"], log);
    }

    [Fact]
    public async Task Configured_dispatcher_runs_actors_whatever_type_it_names()
    {
        var log = NewCollector();
        Action<IActorContext, object> receive = (_, message) => log.Ref.Tell(message);
        var actor = System.ActorOf(Props.Create(() => new FunctionActor(receive)).WithDispatcher("own-dispatcher"));

        actor.Tell("hello");

        await log.Expects("hello");
    }

    [Fact]
    public void Dispatcher_that_is_not_configured_is_refused_by_its_name()
    {
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(
            () => System.ActorOf(Props.Create<FunctionActor>().WithDispatcher("no-such-dispatcher")));

        Assert.Contains("no-such-dispatcher", refusal.Message);
    }

    [Fact]
    public async Task Registered_dispatcher_decides_when_mailboxes_run()
    {
        var steps = new StepDispatcher("own-dispatcher");
        ((ActorSystemImpl)System).Dispatchers.Register(steps);
        List<object> log = [];
        Action<IActorContext, object> receive = (_, message) => log.Add(message);
        var actor = System.ActorOf(Props.Create(() => new FunctionActor(receive)).WithDispatcher("own-dispatcher"));
        actor.Tell("one");
        actor.Tell("two");

        Assert.Empty(log);
        steps.RunNext();
        Assert.Equal(["one"], log);
        steps.RunNext();
        Assert.Equal(["one", "two"], log);

        var end = System.Terminate();
        while (!end.IsCompleted)
        {
            steps.RunNext();
            await Task.Yield();
        }
    }

    private sealed class StepDispatcher(string id) : Dispatcher(id, throughput: 1)
    {
        private readonly ConcurrentQueue<Mailbox> _waiting = new();

        public override void Execute(Mailbox mailbox) => _waiting.Enqueue(mailbox);

        public void RunNext()
        {
            if (_waiting.TryDequeue(out Mailbox? mailbox))
            {
                mailbox.Run();
            }
        }
    }
}
