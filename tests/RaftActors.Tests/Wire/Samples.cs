using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Wire;

/// <summary>One message of each kind, with nothing left at its default; the same values in every run.</summary>
internal static class Samples
{
    private static readonly Member One = new(new ProcessName("raft1@node1@localhost"), new Incarnation(Id(1)));
    private static readonly Member Two = new(new ProcessName("raft2@node2@localhost"), new Incarnation(Id(2)));
    private static readonly Member Unmet = new(new ProcessName("größe@node3@localhost"), Incarnation.None);
    private static readonly LogPosition Position = new(new LogIndex(300), new Term(7), new Serial(290), 0xFEDCBA9876543210);
    private static readonly RequestId Request = new(One, 70_000);

    private static readonly Configuration Joint = new(
        new GroupUid(Id(9)),
        [One, Two],
        [Two, Unmet],
        [Unmet],
        [new FoundingSerial(One.Name, new Serial(1)), new FoundingSerial(Two.Name, Serial.Zero)]);

    private static readonly LogEntry[] Entries =
    [
        new(new LogIndex(301), new Term(7), new Serial(290), Payload.NoOp.Instance),
        new(new LogIndex(302), new Term(7), new Serial(290), new Payload.Reconfigure(Joint)),
        new(new LogIndex(303), new Term(7), new Serial(291), new Payload.Pair(null, "", ReadOnlyMemory<byte>.Empty)),
        new(new LogIndex(304), new Term(7), new Serial(292), new Payload.Pair(Request, "key100", new byte[] { 1, 0, 255 })),
    ];

    private static readonly LocalProcess Process = new("orders", One.Name, 1008, "akka.tcp://demo@127.0.0.1:2551/system/raft/x#42");

    /// <summary>By manifest.</summary>
    public static readonly SortedDictionary<string, object> All = new(StringComparer.Ordinal)
    {
        ["h"] = new WireMessage.Hello([Process], true),
        ["cg"] = Core(new Message.Greeting(Position, new Incarnation(Id(4)), true)),
        ["cv"] = Core(new Message.RequestVote(Position, true)),
        ["cw"] = Core(new Message.RequestVoteReply(true, false)),
        ["ca"] = Core(new Message.AppendEntries(Position, [.. Entries], new LogIndex(299), new Serial(292))),
        ["cb"] = Core(new Message.AppendEntriesReply(false, new LogIndex(12), new Term(5), IsAdmitted: true)),
        ["cp"] = Core(new Message.ComparePrefix(new LogIndex(2), new LogIndex(300), Position)),
        ["cx"] = Core(new Message.Refusal(RefusalReason.Diverged, new Serial(3), "they differ")),
        ["a"] = new WireMessage.AppendRequest(Request, "key100", new byte[] { 1, 2, 3 }, 1),
        ["at"] = new WireMessage.AppendTaken(Request, new LogIndex(304), new Term(7)),
        ["ar"] = new WireMessage.AppendRefused(Request),
        ["ad"] = new WireMessage.AppendDiscarded(Request, "overdrawn"),
        ["g"] = new WireMessage.GetRequest(Request, new Serial(17), new LogIndex(300)),
        ["ga"] = new WireMessage.GetAnswer(Request, new Serial(17), "key17", new byte[] { 9 }),
        ["gr"] = new WireMessage.GetRefused(Request),
    };

    private static WireMessage.CoreMessage Core(Message body) =>
        new(1008, new Envelope(One, Unmet, new GroupUid(Id(9)), new Term(7), body));

    private static Guid Id(byte number) => new(number, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);
}
