using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class ReceiveTimeoutTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public void Receive_timeout_repeats_until_it_is_turned_off()
    {
        var timeouts = 0;
        var actor = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            context.SetReceiveTimeout(message is ReceiveTimeout && ++timeouts == 3 ? null : Short);
            TestActor.Tell(message);
        }));

        actor.Tell("begin");

        ExpectMsg("begin");
        ExpectMsg<ReceiveTimeout>();
        ExpectMsg<ReceiveTimeout>();
        ExpectMsg<ReceiveTimeout>();
        ExpectNothingElseFor(3 * Short);
    }

    [Fact]
    public void Message_that_does_not_influence_the_timeout_can_turn_it_on()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            context.SetReceiveTimeout(message is Transparent ? Short : null);
            TestActor.Tell(message);
        }));

        actor.Tell(new Transparent());

        ExpectMsg<Transparent>();
        ExpectMsg<ReceiveTimeout>();
    }

    [Fact]
    public void Message_that_does_not_influence_the_timeout_can_turn_it_off()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            context.SetReceiveTimeout(message is Transparent ? null : 5 * Short);
            TestActor.Tell(message);
        }));

        actor.Tell("begin");
        actor.Tell(new Transparent());

        ExpectMsg("begin");
        ExpectMsg<Transparent>();
        ExpectNothingElseFor(10 * Short);
    }

    [Fact]
    public void Receive_timeout_is_readable_and_null_when_it_is_off()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, _) =>
        {
            TestActor.Tell(context.ReceiveTimeout is null);
            context.SetReceiveTimeout(Long);
            TestActor.Tell(context.ReceiveTimeout!);
        }));

        actor.Tell("begin");

        ExpectMsg(true);
        ExpectMsg(Long);
    }

    [Fact]
    public void Receive_timeout_survives_a_restart()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            TestActor.Tell(context.ReceiveTimeout is null);
            context.SetReceiveTimeout(Long);
            throw new InvalidOperationException("as told");
        }));

        actor.Tell("begin");
        actor.Tell("again");

        ExpectMsg(true);
        ExpectMsg(false);
    }

    /// <summary>Waits on the scheduler that the timeouts use, so a slow machine delays both.</summary>
    private void ExpectNothingElseFor(TimeSpan time)
    {
        Sys.Scheduler.ScheduleTellOnce(time, TestActor, "last", ActorRefs.NoSender);
        ExpectMsg("last");
    }

    private sealed class Transparent : INotInfluenceReceiveTimeout;
}
