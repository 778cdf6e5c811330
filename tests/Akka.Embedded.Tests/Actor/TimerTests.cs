using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class TimerTests : ActorTest
{
    private readonly Collector _log;
    private readonly IActorRef _actor;

    public TimerTests()
    {
        _log = NewCollector();
        var log = _log.Ref;
        _actor = System.ActorOf(Props.Create(() => new Timed(log)));
    }

    [Fact]
    public async Task Single_timer_sends_its_message_once()
    {
        await Do(timers => timers.StartSingleTimer("key", "ring", TimeSpan.FromMilliseconds(100)));

        Advance(99);
        await Do(_ => { });
        Advance(1);
        await _log.Expects("ring");
        Advance(1000);
        await Do(timers => Assert.False(timers.IsTimerActive("key")));
    }

    [Fact]
    public async Task Periodic_timer_sends_at_each_interval()
    {
        await Do(timers => timers.StartPeriodicTimer(
            "key", "ring", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100)));

        Advance(10);
        Advance(100);
        Advance(100);

        await _log.Expects("ring", "ring", "ring");
        await Do(timers => Assert.Equal(["key"], timers.ActiveTimers));
    }

    [Fact]
    public async Task Cancelled_timers_message_in_the_mailbox_is_never_handled()
    {
        using var gate = new ManualResetEventSlim();
        await Do(timers => timers.StartSingleTimer("key", "ring", TimeSpan.FromMilliseconds(100)));
        Task held = Do(timers =>
        {
            gate.Wait();
            timers.Cancel("key");
        });

        Advance(100);
        gate.Set();

        await held;
        await Do(_ => { });
    }

    [Fact]
    public async Task Timer_with_the_same_key_replaces_one_whose_message_is_in_the_mailbox()
    {
        using var gate = new ManualResetEventSlim();
        await Do(timers => timers.StartSingleTimer("key", "old", TimeSpan.FromMilliseconds(100)));
        Task held = Do(timers =>
        {
            gate.Wait();
            timers.StartSingleTimer("key", "new", TimeSpan.FromMilliseconds(100));
        });

        Advance(100);
        gate.Set();
        await held;
        Advance(100);

        await _log.Expects("new");
    }

    [Fact]
    public async Task Restart_cancels_the_timers()
    {
        await Do(timers => timers.StartPeriodicTimer("key", "ring", TimeSpan.FromMilliseconds(100)));

        _actor.Tell("fail");
        await Do(timers => Assert.Empty(timers.ActiveTimers));
        Advance(1000);

        await Do(_ => { });
    }

    [Fact]
    public async Task Receive_timeout_is_sent_after_each_silence_of_that_length()
    {
        await DoInContext(context => context.SetReceiveTimeout(TimeSpan.FromMilliseconds(100)));

        Advance(99);
        await Do(_ => { });
        Advance(99);
        await Do(_ => { });
        Advance(100);

        await _log.Expects(ReceiveTimeout.Instance);
    }

    [Fact]
    public async Task Receive_timeout_is_not_reset_by_INotInfluenceReceiveTimeout()
    {
        await DoInContext(context => context.SetReceiveTimeout(TimeSpan.FromMilliseconds(100)));
        Advance(60);

        await _actor.Ask<ActorIdentity>(new Identify(1), Patience);
        Advance(40);

        await _log.Expects(ReceiveTimeout.Instance);
    }

    [Fact]
    public async Task Receive_timeout_of_null_sends_nothing()
    {
        await DoInContext(context => context.SetReceiveTimeout(TimeSpan.FromMilliseconds(100)));
        await DoInContext(context => context.SetReceiveTimeout(null));

        Advance(1000);

        await Do(_ => { });
    }

    /// <summary>Runs code in the actor, and asserts that it handled no unexpected message before.</summary>
    private async Task Do(Action<ITimerScheduler> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _actor.Tell((Action<ITimerScheduler>)(timers =>
        {
            if (Record.Exception(() => action(timers)) is { } failure)
            {
                done.SetException(failure);
            }
            else
            {
                done.SetResult();
            }
        }));
        await done.Task.WaitAsync(Patience);
        await _log.ExpectsNothingElse();
    }

    private async Task DoInContext(Action<IActorContext> action)
    {
        _actor.Tell(action);
        await Do(_ => { });
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(IActorRef log)
        {
            Receive<Action<ITimerScheduler>>(action => action(Timers));
            Receive<Action<IActorContext>>(action => action(Context));
            Receive<string>(_ => throw new InvalidOperationException(), text => text == "fail");
            ReceiveAny(log.Tell);
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
