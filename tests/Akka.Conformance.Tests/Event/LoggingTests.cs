using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests.Event;

public sealed class LoggingTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Log_event_has_level_source_class_and_cause()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        var cause = new InvalidOperationException("as told");

        var actor = Sys.ActorOf(Scripted.Props((context, _) => context.GetLogger().Error(cause, "it {0}", "failed")));
        actor.Tell("log");

        ExpectMsg<Error>(error =>
        {
            Assert.Equal((LogLevel.ErrorLevel, "IT FAILED"), (error.LogLevel(), error.Message.ToString()));
            Assert.StartsWith(actor.Path.ToString(), error.LogSource);
            Assert.Same(cause, error.Cause);
            Assert.Equal(typeof(Scripted), error.LogClass);
        });
        Sys.Log.Warning("careful");
        ExpectMsg<Warning>();
    }

    [Fact]
    public void Levels_are_enabled_from_the_configured_one_up()
    {
        using var system = ActorSystem.Create("levels", "akka.loglevel = WARNING");

        var log = Logging.GetLogger(system, this);

        Assert.Equal((false, false, true, true), (log.IsDebugEnabled, log.IsInfoEnabled, log.IsWarningEnabled, log.IsErrorEnabled));
    }

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
    public void Log_event_with_a_wrong_format_shows_the_format_and_its_arguments_and_the_logger_goes_on()
    {
        using var system = ActorSystem.Create("formats");
        var events = CreateTestProbe();
        system.EventStream.Subscribe(events, typeof(Info));

        system.Log.Info("{0} and {1}", "one");
        system.Log.Info("{0} and {1}", "one", "two");

        var wrong = events.ExpectMsg<Info>().Message.ToString();
        Assert.StartsWith("[INVALID LOG FORMAT]", wrong);
        Assert.Contains("[{0} and {1}]", wrong);
        Assert.Contains("[one]", wrong);
        Assert.Equal("one and two", events.ExpectMsg<Info>().Message.ToString());
    }

    [Theory]
    [InlineData("{Drink} for {Guest}", "tea for null")]
    [InlineData("{Drink}, {Guest}, {Table}", "tea, null, {Table}")]
    [InlineData("{{{Drink}}} is {Drink}", "{tea} is null")]
    [InlineData("[{Drink,5}] [{Guest,-5}]", "[  tea] [null ]")]
    [InlineData("{0} for {1}", "tea for ")]
    [InlineData("no placeholder", "no placeholder")]
    [InlineData("{Drink:dd", "{Drink:dd")]
    public void Placeholders_with_names_take_the_arguments_in_their_order(string template, string text)
    {
        using var system = ActorSystem.Create("templates");
        var events = CreateTestProbe();
        system.EventStream.Subscribe(events, typeof(Info));

        system.Log.Info(template, "tea", (object?)null);

        Assert.Equal(text, events.ExpectMsg<Info>().Message.ToString());
    }

    [Fact]
    public void Placeholder_with_a_name_may_have_a_format()
    {
        using var system = ActorSystem.Create("templates");
        var events = CreateTestProbe();
        system.EventStream.Subscribe(events, typeof(Info));

        system.Log.Info("costs {Price:F2} on {Day:yyyy-MM-dd}, not {Price:Q}", 1.5, new DateTime(2026, 11, 22), 3);

        Assert.Equal("costs 1.50 on 2026-11-22, not 3", events.ExpectMsg<Info>().Message.ToString());
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
