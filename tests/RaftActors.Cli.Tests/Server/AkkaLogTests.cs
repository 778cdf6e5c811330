using Akka.Event;

namespace RaftActors.Cli.Tests.Server;

/// <summary>
/// The entries of the actor system's log that are omitted, because the program reports the same facts, or because they are too many.
/// </summary>
public sealed class AkkaLogTests
{
    private static readonly RaftEvent Refused =
        new RaftEvent.Refused("raft", new ProcessName("raft@:1"), new ProcessName("raft@:2"), RefusalReason.NotInRoster, "unknown");

    public static TheoryData<LogEvent, bool> Entries => new()
    {
        { new Warning("akka://raft/system/raft/raft", typeof(string), "The disk is slow."), false },
        { new Error(null, "akka://raft/system/raft/raft", typeof(string), new Entry("The disk is slow.", 7)), false },
        { new Error(null, "akka://raft/system/raft/raft", typeof(string), new Entry("refused", Refused)), true },
        { new Warning("akka://raft/system/raft/raft", typeof(string), new Entry("refused", Refused)), true },
        { new Error(null, "akka://raft/user/raft", typeof(LogServer), "the store is damaged"), true },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void Entries_are_omitted_if_the_program_reports_the_same_fact(LogEvent entry, bool isReportedElsewhere) =>
        Assert.Equal(isReportedElsewhere, AkkaLog.IsReportedElsewhere(entry));

    [Fact]
    public async Task Warnings_above_their_limit_hide_no_error_and_errors_no_warning()
    {
        Assert.Equal("error: the last one", (await LoggedAsync(number => Warning($"{number}"), Error("the last one")))[^1]);
        Assert.Equal("warning: the last one", (await LoggedAsync(number => Error($"{number}"), Warning("the last one")))[^1]);
    }

    [Fact]
    public async Task Repeated_entry_is_logged_once()
    {
        Assert.Equal(["warning: same", "error: same"], await LoggedAsync(_ => Warning("same"), Error("same")));
    }

    [Fact]
    public async Task Error_is_logged_with_its_cause_unless_it_names_the_cause_itself()
    {
        IOException cause = new("no room\nat");

        Assert.Equal(
            ["error: It failed: no room (IOException)", "error: It failed: no room"],
            await LoggedAsync(_ => Error("It failed", cause), Error("It failed: no room", cause)));
    }

    private static Warning Warning(string text) => new("akka://raft/system/raft/raft", typeof(string), text);

    private static Error Error(string text, Exception? cause = null) => new(cause, "akka://raft/system/raft/raft", typeof(string), text);

    /// <summary>Logs many entries and then one more. Returns what is written, without the times.</summary>
    private static async Task<string[]> LoggedAsync(Func<int, LogEvent> many, LogEvent last)
    {
        using var written = new StringWriter();
        var setup = new LogSetup(new ServerTerminal(TextWriter.Null, written, TimeProvider.System), isVerbose: false);
        using var system = ActorSystem.Create("log", BootstrapSetup.Create().WithConfig("akka.stdout-loglevel = OFF").And(setup));
        var log = system.ActorOf(Props.Create(() => new AkkaLog()));
        foreach (var number in Enumerable.Range(1, 200))
        {
            log.Tell(many(number));
        }

        log.Tell(last);
        await log.GracefulStop(TimeSpan.FromSeconds(30));
        return [.. $"{written}".Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[20..])];
    }

    private sealed class Entry(string text, object argument) : LogMessage(DefaultLogMessageFormatter.Instance, text)
    {
        public override IEnumerable<object> Parameters() => [argument];

        public override string Unformatted() => $"{argument}";

        public override string ToString() => Format;
    }
}
