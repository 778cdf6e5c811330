using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class TimerTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Timers_are_available_in_the_constructor()
    {
        Sys.ActorOf(Props.Create(() => new StartsInConstructor(TestActor)));

        ExpectMsg("tick");
    }

    [Fact]
    public void Timer_message_has_no_sender()
    {
        Sys.ActorOf(Props.Create(() => new ReportsSender(TestActor)));

        ExpectMsg(Sys.DeadLetters);
    }

    [Fact]
    public void Timers_are_cancelled_before_PreRestart()
    {
        var actor = Sys.ActorOf(Props.Create(() => new ReportsTimer(TestActor)));

        actor.Tell(new InvalidOperationException("asked to fail"));

        ExpectMsg("PreRestart: False");
    }

    [Fact]
    public void Timers_are_cancelled_before_PostStop()
    {
        var actor = Sys.ActorOf(Props.Create(() => new ReportsTimer(TestActor)));

        actor.Tell(PoisonPill.Instance);

        ExpectMsg("PostStop: False");
    }

    private sealed class StartsInConstructor : ReceiveActor, IWithTimers
    {
        public StartsInConstructor(IActorRef observer)
        {
            Timers.StartSingleTimer("key", "tick", Soon);
            Receive<string>(tick => observer.Tell(tick));
        }

        public ITimerScheduler Timers { get; set; } = null!; // Justification: set by ActorBase.
    }

    private sealed class ReportsSender : ReceiveActor, IWithTimers
    {
        public ReportsSender(IActorRef observer) => Receive<string>(_ => observer.Tell(Sender));

        public ITimerScheduler Timers { get; set; } = null!; // Justification: set by ActorBase.

        protected override void PreStart() => Timers.StartSingleTimer("key", "tick", Soon);
    }

    private sealed class ReportsTimer : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _observer;

        public ReportsTimer(IActorRef observer)
        {
            _observer = observer;
            Receive<Exception>(failure => throw failure);
        }

        public ITimerScheduler Timers { get; set; } = null!; // Justification: set by ActorBase.

        protected override void PreStart() => Timers.StartSingleTimer("key", "tick", TimeSpan.FromHours(1));

        protected override void PreRestart(Exception reason, object? message) => Report("PreRestart");

        protected override void PostStop() => Report("PostStop");

        private void Report(string step) => _observer.Tell($"{step}: {Timers.IsTimerActive("key")}");
    }
}
