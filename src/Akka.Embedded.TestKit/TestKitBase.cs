using System.Diagnostics;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// An actor system under test and a test actor. The test receives the test actor's messages one by one and compares them with its
/// expectations. Not thread-safe. Every expectation has a counterpart with the suffix Async, which does not block the thread.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int _testActorCount;

    private readonly ITestKitAssertions _assertions;
    private readonly TestMessageQueue _queue = new();
    private MessageEnvelope? _last;

    /// <summary>The end of the innermost Within block. Null outside of a block.</summary>
    private TimeSpan? _end;

    /// <summary>Whether the last expectation was ExpectNoMsg. It may use up the time of its Within block.</summary>
    private bool _lastWasNoMsg;

    /// <summary>Creates a system if none is given. <see cref="Shutdown(TimeSpan?, bool)"/> terminates it.</summary>
    protected TestKitBase(ITestKitAssertions assertions, ActorSystem? system = null, string? testActorName = null)
        : this(assertions, system, Config.Empty, actorSystemName: null, testActorName)
    {
    }

    protected TestKitBase(ITestKitAssertions assertions, Config? config, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, system: null, config, actorSystemName, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, ActorSystemSetup? setup, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, system: null, setup, actorSystemName, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, ActorSystem? system, ActorSystemSetup? config, string? actorSystemName, string? testActorName)
        : this(assertions, system, config?.Find<BootstrapSetup>()?.Configuration, actorSystemName, testActorName)
    {
    }

    private TestKitBase(ITestKitAssertions assertions, ActorSystem? system, Config? config, string? actorSystemName, string? testActorName)
    {
        _assertions = assertions;
        Sys = system ?? ActorSystem.Create(actorSystemName ?? "test", (config ?? Config.Empty).WithFallback(DefaultConfig));
        TestKitSettings = new TestKitSettings(Sys.Settings.Config.WithFallback(DefaultConfig));
        Log = Logging.GetLogger(Sys, GetType());
        EventFilter = new EventFilterFactory(this, Sys);
        TestActor = CreateTestActor(Sys, testActorName);
        if (this is not INoImplicitSender)
        {
            ImplicitSender.SetOutsideActors(TestActor);
        }
    }

    /// <summary>The monotonic time since an arbitrary origin.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public static Config DefaultConfig => Configs.TestConfigs.DefaultConfig;

    public ActorSystem Sys { get; }

    public TestKitSettings TestKitSettings { get; }

    public IActorRef TestActor { get; }

    public ILoggingAdapter Log { get; }

    /// <summary>Creates filters that expect or mute log events; see <see cref="IEventFilterApplier"/>.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>Whether messages wait that the test has not received.</summary>
    public bool HasMessages => !_queue.IsEmpty;

    /// <summary>The message received last. Null before the first.</summary>
    public object? LastMessage => _last?.Message;

    /// <summary>The sender of the message received last.</summary>
    /// <exception cref="InvalidOperationException">No message was received yet.</exception>
    public IActorRef LastSender => _last?.Sender ?? throw new InvalidOperationException("No message was received yet.");

    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, _assertions, name);

    /// <summary>Creates another actor whose messages arrive in this test kit's queue.</summary>
    public IActorRef CreateTestActor(string name) => CreateTestActor(Sys, name);

    /// <summary>Discards messages that match, after the auto pilot has seen them.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => Command((actor, _) => actor.IsIgnored = shouldIgnoreMessage);

    public void IgnoreMessages<TMsg>() => IgnoreMessages(message => message is TMsg);

    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        IgnoreMessages(message => message is TMsg typed && shouldIgnoreMessage(typed));

    public void IgnoreNoMessages() => IgnoreMessages(_ => false);

    /// <summary>Installs an auto pilot for the messages from now on.</summary>
    public void SetAutoPilot(AutoPilot pilot) => Command((actor, _) => actor.AutoPilot = pilot);

    /// <summary>Makes the test actor watch an actor. The watch is in effect on return.</summary>
    public IActorRef Watch(IActorRef actorToWatch) =>
        Finished(WatchCore(blocks: true, context => context.Watch(actorToWatch), actorToWatch));

    public async Task<IActorRef> WatchAsync(IActorRef actorToWatch) =>
        await WatchCore(blocks: false, context => context.Watch(actorToWatch), actorToWatch);

    public IActorRef Unwatch(IActorRef actorToUnwatch) =>
        Finished(WatchCore(blocks: true, context => context.Unwatch(actorToUnwatch), actorToUnwatch));

    public async Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch) =>
        await WatchCore(blocks: false, context => context.Unwatch(actorToUnwatch), actorToUnwatch);

    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    /// <summary>Terminates a system and waits for its end, by default five seconds. After that it either fails or returns.</summary>
    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        var max = Dilated(duration ?? TimeSpan.FromSeconds(5));
        var hasEnded = system.Terminate().Wait(max);
        if (!hasEnded && verifySystemShutdown)
        {
            throw Failure($"The actor system {system.Name} did not terminate within {max}.");
        }
    }

    private async ValueTask<IActorRef> WatchCore(bool blocks, Action<IActorContext> change, IActorRef subject)
    {
        var command = new InternalTestActor.Command((_, context) => change(context));
        TestActor.Tell(command, null);
        var max = RemainingOrDefault;
        if (blocks)
        {
            command.Done.Task.Wait(max);
        }
        else
        {
            await Task.WhenAny(command.Done.Task, Task.Delay(max));
        }

        if (!command.Done.Task.IsCompleted)
        {
            throw Failure($"the test actor did not start or stop watching {subject} within {max}; has it ended?");
        }

        return subject;
    }

    /// <summary>Returns the result of a task that has completed, because it was told to block.</summary>
    private protected static T Finished<T>(ValueTask<T> ended) => ended.GetAwaiter().GetResult();

    /// <summary>Fails the test with the framework's assertion. Returns an exception in case the assertion does not throw.</summary>
    internal Exception Failure(string message)
    {
        _assertions.Fail(message);
        return new InvalidOperationException($"{_assertions.GetType()} did not throw for: {message}");
    }

    private IActorRef CreateTestActor(ActorSystem system, string? name)
    {
        var number = Interlocked.Increment(ref _testActorCount);
        var props = Props.Create(() => new InternalTestActor(_queue)).WithDispatcher(CallingThreadDispatcher.CallingThreadDispatcherId);
        return ((ExtendedActorSystem)system).SystemActorOf(props, name ?? $"testActor{number}");
    }

    private void Command(Action<InternalTestActor, IActorContext> run) => TestActor.Tell(new InternalTestActor.Command(run), null);
}
