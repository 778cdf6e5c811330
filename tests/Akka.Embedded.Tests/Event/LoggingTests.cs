using Akka.Actor;
using Akka.Configuration;
using Akka.Embedded.Tests.Actor;
using Akka.Event;

namespace Akka.Embedded.Tests.Event;

public sealed class LoggingTests() : ActorTest("akka.loglevel = INFO, akka.log-dead-letters = off")
{
    [Fact]
    public async Task Log_event_carries_level_source_message_and_cause()
    {
        var events = NewCollector();
        System.EventStream.Subscribe<LogEvent>(events.Ref);
        var cause = new InvalidOperationException("why");
        var actor = NewActor((context, _) => context.GetLogger().Warning(cause, "{0} of {1}", 1, "two"), "source");

        actor.Tell("go");

        var logEvent = await events.Next<Warning>();
        Assert.Equal(("akka://test/user/source", "1 of two", cause), (logEvent.LogSource, logEvent.Message.ToString(), logEvent.Cause));
        Assert.Contains("[WARNING][", logEvent.ToString());
    }

    [Fact]
    public async Task Level_below_the_configured_one_is_not_logged()
    {
        var events = NewCollector();
        System.EventStream.Subscribe<LogEvent>(events.Ref);
        var log = Logging.GetLogger(System, "test");

        Assert.False(log.IsDebugEnabled);
        log.Debug("quiet");
        log.Info("loud");

        Assert.Equal("loud", (await events.Next<Info>()).Message);
    }

    [Fact]
    public void Line_of_a_message_that_its_formatter_refuses_shows_the_format_the_arguments_and_the_source()
    {
        var message = new ArgumentsLogMessage(new StrictFormatter(), "{0} {1}", ["one"]);

        var line = StandardOutLogger.LineOf(new Info("/user/source", typeof(string), message));

        Assert.StartsWith("[ERROR]", line);
        Assert.Contains("[/user/source]", line);
        Assert.Contains("Format: [{0} {1}], arguments: [one].", line);
    }

    [Fact]
    public async Task Configured_logger_is_initialised_first_and_gets_every_event_of_its_level_until_the_system_ends()
    {
        RecordingLogger.Received.Clear();
        Config config = ConfigurationFactory.ParseString(
            """
            akka.loggers = ["Akka.Embedded.Tests.Event.RecordingLogger, Akka.Embedded.Tests"]
            akka.loglevel = WARNING
            akka.stdout-loglevel = OFF
            akka.logger-startup-timeout = 20s
            """);
        var system = ActorSystem.Create("logging", config);

        system.Log.Info("quiet");
        for (var i = 0; i < 1000; i++)
        {
            system.Log.Warning("loud");
        }

        await system.Terminate().WaitAsync(Patience);

        Assert.IsType<InitializeLogger>(RecordingLogger.Received[0]);
        Assert.Equal(1000, RecordingLogger.Received.Skip(1).Count(one => one is Warning { Message: "loud" }));
    }

    [Fact]
    public async Task Dead_letters_are_logged_up_to_the_configured_number_until_the_pause_is_over()
    {
        var events = NewCollector();
        System.EventStream.Subscribe<Info>(events.Ref);
        var listener = System.ActorOf(Props.Create(() => new DeadLetterListener(2, TimeSpan.FromSeconds(1))));
        await listener.Ask<ActorIdentity>(new Identify(null), Patience);

        for (var i = 0; i < 3; i++)
        {
            System.DeadLetters.Tell("lost");
        }

        await listener.Ask<ActorIdentity>(new Identify(null), Patience);
        Advance(1000);
        System.DeadLetters.Tell("lost");

        foreach (var count in new[] { 1, 2, 4 })
        {
            var line = await events.Next<Info>();
            Assert.Contains($"[{count}] dead letters encountered", line.Message.ToString());
        }
    }
}

/// <summary>A logger as users write one.</summary>
public sealed class RecordingLogger : ReceiveActor
{
    public RecordingLogger()
    {
        Receive<InitializeLogger>(message =>
        {
            Received.Add(message);
            Sender.Tell(new LoggerInitialized());
        });
        Receive<LogEvent>(Received.Add);
    }

    public static List<object> Received { get; } = [];
}

/// <summary>A formatter as users write one, which throws if the arguments do not fit.</summary>
internal sealed class StrictFormatter : ILogMessageFormatter
{
    public string Format(string format, params object[] args) => string.Format(format, args);

    public string Format(string format, IEnumerable<object> args) => string.Format(format, args.ToArray());
}
