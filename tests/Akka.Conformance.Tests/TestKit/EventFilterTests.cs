using Akka.Actor;

namespace Akka.Conformance.Tests.TestKit;

public sealed class EventFilterTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Source_of_a_dead_letter_is_its_recipient()
    {
        var ended = Sys.ActorOf(Silent.Props, "ended");
        Watch(ended);
        Sys.Stop(ended);
        ExpectTerminated(ended);

        EventFilter.DeadLetter<string>(source: "/user/ended").ExpectOne(() => ended.Tell("lost", TestActor));
        EventFilter.DeadLetter<string>(source: ended.Path.ToString()).ExpectOne(() => ended.Tell("lost", TestActor));
        EventFilter.DeadLetter<string>(source: TestActor.Path.ToString()).Expect(0, () => ended.Tell("lost", TestActor));
    }

    [Fact]
    public void Source_is_compared_in_any_case()
    {
        EventFilter.Info(source: "/USER/talkative").ExpectOne(() => Sys.ActorOf(Props.Create(() => new Talkative()), "Talkative"));
    }

    private sealed class Talkative : ReceiveActor
    {
        public Talkative() => Akka.Event.LoggingExtensions.Info(Akka.Event.Logging.GetLogger(Context), "hello");
    }
}
