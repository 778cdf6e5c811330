namespace RaftActors.Tests.Engine;

/// <summary>The clock of the engines, in real time.</summary>
public sealed class ClockThreadTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly ClockThread _clock;
    private readonly ManualResetEventSlim _end = new();

    public ClockThreadTests() => _clock = new ClockThread(Sys.Scheduler, Sys.Log);

    protected override void AfterAll()
    {
        _end.Set();
        _clock.Dispose();
        base.AfterAll();
    }

    [Fact]
    public void Slow_turn_delays_no_timer_of_the_actor_system()
    {
        Raft.Get(Sys);
        var timer = new TickTimer(StartSlow("slow"), ClockThread.Of(Sys), Sys.Scheduler, Interval, Guard);
        timer.Arm(1, isShort: true);
        ExpectMsg("slow", Guard);

        Sys.Scheduler.ScheduleTellOnce(Interval, TestActor, "timer", ActorRefs.NoSender);

        ExpectMsg("timer", Guard);
    }

    [Fact]
    public void Blocked_timer_of_the_actor_system_delays_no_tick()
    {
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () =>
        {
            TestActor.Tell("blocked");
            _end.Wait();
        });
        ExpectMsg("blocked", Guard);

        new TickTimer(TestActor, ClockThread.Of(Sys), Sys.Scheduler, Interval, Guard).Arm(1, isShort: true);

        ExpectMsg(ToEngine.Tick.OnTime, Guard);
    }

    [Fact]
    public void Slow_turn_delays_no_tick_of_another_engine()
    {
        Arm(StartSlow("slow"));
        ExpectMsg("slow", Guard);

        Arm(TestActor);

        ExpectMsg(ToEngine.Tick.OnTime, Guard);
    }

    [Fact]
    public void Slow_turns_of_two_engines_run_side_by_side()
    {
        Arm(StartSlow("first"));
        Arm(StartSlow("second"));

        ExpectMsgAllOf(Guard, "first", "second");
    }

    [Fact]
    public void Turn_of_an_engine_that_uses_the_clock_alone_runs_on_its_thread()
    {
        EngineDispatcher.AddTo(Sys);
        var namer = Sys.ActorOf(Props.Create(() => new ThreadNamer(TestActor)).WithDispatcher(EngineDispatcher.DispatcherId));

        // The engine may be busy with its start at the first tick, which then runs on the pool.
        AwaitCondition(
            () =>
            {
                Arm(namer);
                return ExpectMsg<string>(Guard) == "raft-clock";
            },
            Guard);
    }

    [Fact]
    public void Stopped_clock_brings_no_tick()
    {
        _clock.Dispose();

        Arm(TestActor);

        ExpectNoMsg(10 * Interval);
    }

    private void Arm(IActorRef engine) => new TickTimer(engine, _clock, Sys.Scheduler, Interval, Guard).Arm(1, isShort: true);

    private IActorRef StartSlow(string name)
    {
        EngineDispatcher.AddTo(Sys);
        return Sys.ActorOf(Props.Create(() => new Slow(TestActor, name, _end)).WithDispatcher(EngineDispatcher.DispatcherId));
    }

    /// <summary>An engine whose turn ends with the test.</summary>
    private sealed class Slow(IActorRef observer, string name, ManualResetEventSlim end) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            observer.Tell(name);
            end.Wait();
        }
    }

    private sealed class ThreadNamer(IActorRef observer) : UntypedActor
    {
        protected override void OnReceive(object message) => observer.Tell(Thread.CurrentThread.Name ?? "");
    }
}
