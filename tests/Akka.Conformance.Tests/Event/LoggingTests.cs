using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests.Event;

public sealed class LoggingTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly string Settings =
        $"""
        akka.loglevel = DEBUG
        akka.actor.debug.unhandled = on
        akka.logger-formatter = "{typeof(ShoutingFormatter).AssemblyQualifiedName}"
        """;

    public LoggingTests()
        : base(Settings)
    {
    }

    [Fact]
    public void Unhandled_message_is_logged_when_debug_unhandled_is_on()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Deaf()));

        EventFilter.Debug(start: $"Unhandled message from {TestActor.Path}", source: actor.Path.ToString())
            .ExpectOne(() => actor.Tell("nobody hears", TestActor));
    }

    [Fact]
    public void Configured_formatter_formats_log_messages()
    {
        EventFilter.Info("IT IS TEA").ExpectOne(() => Sys.Log.Info("it is {0}", "tea"));
        EventFilter.Info("IT IS TEA").ExpectOne(() => Logging.GetLogger(Sys, this).Info("it is {0}", "tea"));
        EventFilter.Info("IT IS TEA").ExpectOne(() => Sys.ActorOf(Props.Create(() => new Talkative())));
    }

    [Fact]
    public void Log_event_with_a_wrong_format_has_no_text_and_the_logger_goes_on()
    {
        using var system = ActorSystem.Create("formats");
        var events = CreateTestProbe();
        system.EventStream.Subscribe(events, typeof(Info));

        system.Log.Info("{0} and {1}", "one");
        system.Log.Info("{0} and {1}", "one", "two");

        Assert.Throws<FormatException>(() => events.ExpectMsg<Info>().Message.ToString());
        Assert.Equal("one and two", events.ExpectMsg<Info>().Message.ToString());
    }

    private sealed class Deaf : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Talkative : ReceiveActor
    {
        public Talkative() => Context.GetLogger().Info("it is {0}", "tea");
    }
}
