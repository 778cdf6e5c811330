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
        var configurator = new StepConfigurator(System.Dispatchers.Prerequisites);
        var steps = configurator.Steps;
        Assert.True(System.Dispatchers.RegisterConfigurator("own-dispatcher", configurator));
        Assert.False(System.Dispatchers.RegisterConfigurator("own-dispatcher", configurator));
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

    private sealed class StepConfigurator : MessageDispatcherConfigurator
    {
        public StepConfigurator(IDispatcherPrerequisites prerequisites)
            : base(Config.Empty, prerequisites) => Steps = new StepDispatcher(this);

        public StepDispatcher Steps { get; }

        public override MessageDispatcher Dispatcher() => Steps;
    }

    private sealed class StepDispatcher : MessageDispatcher
    {
        private readonly ConcurrentQueue<IRunnable> _waiting = new();

        public StepDispatcher(MessageDispatcherConfigurator configurator)
            : base(configurator) => Throughput = 1;

        public void RunNext()
        {
            if (_waiting.TryDequeue(out var run))
            {
                run.Run();
            }
        }

        protected override void ExecuteTask(IRunnable run) => _waiting.Enqueue(run);

        protected override void Shutdown()
        {
        }
    }
}
