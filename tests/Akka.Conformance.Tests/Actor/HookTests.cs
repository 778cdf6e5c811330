using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

/// <summary>The hooks around the hooks, and the timers that each of them sees.</summary>
public sealed class HookTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Outer_hooks_surround_the_inner_ones_and_timers_end_between_them()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Hooked(TestActor)));
        Expect("> AroundPreStart 0", "PreStart 1", "< AroundPreStart 2");

        actor.Tell("fail");
        Expect("> AroundPreRestart 3", "PreRestart 0", "PostStop 1", "< AroundPreRestart 2");
        Expect("> AroundPostRestart 0", "PostRestart 1", "PreStart 2", "< AroundPostRestart 3");

        Sys.Stop(actor);
        Expect("> AroundPostStop 4", "PostStop 0", "< AroundPostStop 1");
    }

    private void Expect(params string[] steps)
    {
        foreach (var step in steps)
        {
            ExpectMsg(step);
        }
    }

    /// <summary>Reports each step with the number of timers that are active, then starts one more.</summary>
    private sealed class Hooked(IActorRef observer) : UntypedActor, IWithTimers
    {
        private int _key;

        public ITimerScheduler Timers { get; set; } = null!; // Justification: set by ActorBase.

        public override void AroundPreStart()
        {
            Step("> AroundPreStart");
            base.AroundPreStart();
            Step("< AroundPreStart");
        }

        public override void AroundPreRestart(Exception cause, object? message)
        {
            Step("> AroundPreRestart");
            base.AroundPreRestart(cause, message);
            Step("< AroundPreRestart");
        }

        public override void AroundPostRestart(Exception cause, object? message)
        {
            Step("> AroundPostRestart");
            base.AroundPostRestart(cause, message);
            Step("< AroundPostRestart");
        }

        public override void AroundPostStop()
        {
            Step("> AroundPostStop");
            base.AroundPostStop();
            Step("< AroundPostStop");
        }

        protected override void PreStart() => Step("PreStart");

        protected override void PreRestart(Exception reason, object? message)
        {
            Step("PreRestart");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            Step("PostRestart");
            base.PostRestart(reason);
        }

        protected override void PostStop() => Step("PostStop");

        protected override void OnReceive(object message) => throw new InvalidOperationException("as told");

        private void Step(string name)
        {
            observer.Tell($"{name} {Timers.ActiveTimers.Count}");
            Timers.StartSingleTimer(_key++, "tick", TimeSpan.FromHours(1));
        }
    }
}
