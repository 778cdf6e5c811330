using Akka.Actor;
using Akka.Event;

using RaftActors.Cli.Server;
using RaftActors.Core;

namespace RaftActors.Cli.Tests.Server;

/// <summary>The entries of the actor system's log that are omitted, because the program reports the same facts.</summary>
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

    private sealed class Entry(string text, object argument) : LogMessage(DefaultLogMessageFormatter.Instance, text)
    {
        public override IEnumerable<object> Parameters() => [argument];

        public override string Unformatted() => $"{argument}";

        public override string ToString() => Format;
    }
}
