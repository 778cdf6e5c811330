using System.Collections.Immutable;
using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Tests.Wire;

/// <summary>One message of each kind, without default values; the same in every run.</summary>
internal static class Samples
{
    private static readonly Member One = new(new ProcessName("raft1@node1@localhost"), new Incarnation(Id(1)));
    private static readonly Member Two = new(new ProcessName("raft2@node2@localhost"), new Incarnation(Id(2)));
    private static readonly Member Unmet = new(new ProcessName("größe@node3@localhost"), Incarnation.None);
    private static readonly ImmutableArray<GroupMember> Members =
    [
        new GroupMember(One.Name, isVoter: true) { Incarnations = [One.Incarnation] },
        new GroupMember(Two.Name, isVoter: false),
        new GroupMember(Unmet.Name, isVoter: false, neverVotes: true),
    ];

    private static readonly LogTime Time = LogTime.Of(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private static readonly LogPosition Position = new(new LogIndex(300), new Term(7), new Serial(290), 0xFEDCBA9876543210, Time);
    private static readonly Boot Boot = new(4, 0x0123456789ABCDEF);
    private static readonly RequestId Request = new(One, 70_000);
    /// <summary>The request of the outcomes.</summary>
    private static readonly RaftProgram Program = new(4, Id(7), 0xF1E2_D3C4_B5A6_9788);

    public static readonly RequestRef Ref = new(One.Name, One.Incarnation, 70_000);

    private static readonly Configuration Joint = new(
        new GroupUid(Id(9)),
        3,
        [One, Two],
        [Two, Unmet],
        [Unmet],
        [new FoundingSerial(One.Name, new Serial(1)), new FoundingSerial(Two.Name, Serial.Zero)]);

    private static readonly Configuration Bounded = Joint with { MaxQuorum = 5 };

    private static readonly Snapshot Snapshot = new(Position, new LogIndex(250), Joint, [], 1_000_000)
    {
        ForgottenOrigins = new Serial(288),
    };

    private static readonly SessionState[] Sessions =
    [
        new(
            One,
            69_000,
            new Serial(289),
            [
                new AnsweredRequest(69_998, new LogIndex(299), new Serial(289)),
                new AnsweredRequest(69_999, new LogIndex(280), new Serial(275)),
                new AnsweredRequest(long.MaxValue, new LogIndex(long.MaxValue), Serial.Zero),
            ]),
        new(Two, 3, Serial.Zero, []),
    ];

    private static readonly ClientSession Session = new(Id(8));

    private static readonly RequestKeyHash Key = new(Id(5));

    private static readonly CommittedKey[] Keys =
    [
        new(Key, new LogIndex(280), new Serial(275)),
        new(new RequestKeyHash(Id(6)), new LogIndex(281), new Serial(276)),
        new(new RequestKeyHash(Id(7)), new LogIndex(long.MaxValue), new Serial(long.MaxValue)),
    ];

    private static readonly LogEntry[] Entries =
    [
        new(new LogIndex(301), new Term(7), new Serial(290), Payload.NoOp.Instance),
        new(new LogIndex(302), new Term(7), new Serial(290), new Payload.Reconfigure(Joint)),
        new(new LogIndex(303), new Term(7), new Serial(291), new Payload.Pair(null, "", ReadOnlyMemory<byte>.Empty)),
        new(new LogIndex(304), new Term(7), new Serial(292), new Payload.Pair(Request, "key100", new byte[] { 1, 0, 255 })),
    ];

    private static readonly Akka.Actor.Address NodeOne = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Akka.Actor.Address NodeTwo = new("akka.tcp", "demo", "127.0.0.1", 2552);

    private static readonly LocalProcess Process = new("orders", One.Name, "akka.tcp://demo@127.0.0.1:2551/system/raft/x#42");

    private static readonly ActivityContext Sampled = new(
        ActivityTraceId.CreateFromString("4bf92f3577b34da6a3ce929d0e0e4736"),
        ActivitySpanId.CreateFromString("00f067aa0ba902b7"),
        ActivityTraceFlags.Recorded,
        "vendor=value",
        isRemote: true);

    /// <summary>By manifest.</summary>
    public static readonly SortedDictionary<string, object> All = new(StringComparer.Ordinal)
    {
        ["p"] = new WireMessage.Presence(
            [Process with { Actor = "akka.tcp://demo@127.0.0.1:2551/user/ledger#43", Program = Program }], [Process], IsComplete: true),
        ["n"] = new WireMessage.NodeBeat([.. Enumerable.Range(0, 32).Select(part => 0x0123456789ABCDEFUL + (ulong)part)])
        {
            Asked = 0x8000_0001,
            ListedOf = 2,
            Listed = [33, 0x0123456789ABCDE1],
        },
        ["l"] = new WireMessage.Leaving(One.Name, true),
        ["e"] = new WireMessage.Digest(
            One.Name, new Boot(2, 9), 3, new StateDigest(new Serial(4096), new Serial(8192), 0x0123456789ABCDEF, 7, 2)),
        ["z"] = new WireMessage.Traced(
            [
                new TraceLink(Request, Sampled),
            ],
            new WireMessage.AppendRequest(Request, "key100", new byte[] { 1, 2, 3 })),
        ["k"] = new WireMessage.Call(new byte[] { 1, 2, 3 }),
        ["kr"] = new WireMessage.Reply(new byte[] { 1, 2, 3 }),
        ["cg"] = Core(new Message.Greeting(Position, new Incarnation(Id(4)), true)),
        ["cv"] = Core(new Message.RequestVote(Position, true, IsTransfer: true)),
        ["cw"] = Core(new Message.RequestVoteReply(true, false, new Boot(3, 0x1122334455667788))),
        ["ca"] = Core(new Message.AppendEntries(Position, [.. Entries], new LogIndex(299), new Serial(292), Round: 600)),
        ["cb"] = Core(new Message.AppendEntriesReply(false, new LogIndex(12), new Term(5), IsAdmitted: true, Round: 601, Priority: -2)
        {
            Promise = 950_000,
            Applied = new Serial(291),
        }),
        ["cp"] = Core(new Message.ComparePrefix(new LogIndex(2), new LogIndex(300), Position)),
        ["cx"] = Core(
            new Message.Refusal(RefusalReason.Diverged, new Serial(3), Boot, "they differ") { Index = new LogIndex(4), Hash = 77 }),
        ["cq"] = Core(new Message.Quiesce(Position)),
        ["cd"] = Core(new Message.QuiesceReply(new LogIndex(299), Agrees: true)),
        ["ct"] = Core(Message.TimeoutNow.Instance),
        ["ci"] = Core(new Message.ReadIndex(new ReadId(31), MayUseLease: true)),
        ["cj"] = Core(new Message.ReadIndexReply(new ReadId(31), new LogIndex(299))),
        ["cs"] = Core(new Message.SnapshotChunk(Snapshot, 1000, 998, [.. Sessions], default, new Serial(292), Round: 602)),
        ["cu"] = Core(new Message.SnapshotChunkReply(Position, 128_000, Round: 602) { Promise = 950_000 }),
        ["a"] = new WireMessage.AppendRequest(Request, "key100", new byte[] { 1, 2, 3 }),
        ["ar"] = new AppendReply(Request, new Serial(292), Failure: null),
        ["g"] = new WireMessage.GetRequest(Request, new Serial(17), new LogIndex(300)),
        ["gr"] = new GetReply(Request, new StoredPair(new Serial(17), "key17", new byte[] { 9 }, Time)),
    };

    /// <summary>The messages that a <c>replyTo</c> receives, by manifest.</summary>
    public static readonly (string Manifest, object Message)[] Outcomes =
    [
        ("ot", new Outcome<object?> { Serial = new Serial(292), Result = 42L, Request = Ref }),
        ("ot", RaftFailure.NotDone(FailureReason.Unavailable, "ask again").ToOutcome<object?>(Ref)),
        ("os", new RaftStatus("orders", One.Name)),
        ("os", new RaftStatus("orders", One.Name)
        {
            IsOpen = true,
            Failure = "the disk is gone",
            Fence = "restored",
            Refusal = "old",
            Role = RaftRole.Candidate,
            RoleSince = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
            Term = 7,
            Leader = Two.Name,
            Delivered = new Serial(3),
            Committed = new Serial(4),
            Identity = Id(9),
            Members = Members,
            IsRemoved = true,
            MembersAt = new LogIndex(305),
            MaxQuorum = 5,
            Reachable = [Two.Name],
            NameConflict = "two of one name",
            IsDiskNearlyFull = true,
            Decision = "raft2 is promoted",
            FormatLevel = 1,
            FormatLevelMax = 2,
            LogicVersion = 3,
            Program = Program,
            ContractConflict = "other JSON",
            SyncTime = TimeSpan.FromMicroseconds(300),
            DivergedAt = new StateDivergence(new SerialRange(new Serial(2), new Serial(3)), [[One.Name], [Two.Name]], hasMajority: false)
            {
                Rebuild = "attempt 2",
            },
            HeldAt = new HeldActor("HandleUpgrade", new Serial(5), "no", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123)),
            Placement = [One.Name, Two.Name],
        }),
        ("ot", new Outcome<string> { Serial = new Serial(292), Result = "twelve", Request = Ref }),
        ("ot", new Outcome<object?> { Serial = new Serial(292), Result = 12, Request = Ref }),
        ("ot", new Outcome<object?> { Serial = new Serial(292), Result = null, Request = Ref }),
        ("ot", new Outcome<int> { Serial = new Serial(292), Request = Ref }),
        ("ot", RaftFailure.NotDone(FailureReason.Discarded, "overdrawn").ToOutcome<int>(Ref)),
        ("ot", RaftFailure.Unknown(FailureReason.Forgotten).ToOutcome<int>(Ref)),
        ("ot", new Outcome<Membership>
        {
            Serial = new Serial(292),
            Result = new Membership(Members, new LogIndex(305), Two.Name),
            Request = Ref,
        }),
        ("ot", new Outcome<Membership> { Serial = new Serial(292), Result = new Membership([], new LogIndex(305), null), Request = Ref }),
    ];

    /// <summary>Each kind of change, with and without its optional parts.</summary>
    private static readonly GroupChange[] Changes =
    [
        new GroupChange.Transfer(null),
        new GroupChange.Transfer(Two.Name),
        .. ((MemberChange[])
        [
            new MemberChange.Join(Two.Name),
            new MemberChange.Join(Two.Name, Votes: false),
            new MemberChange.Leave(Two.Name),
            new MemberChange.Leave(Two.Name, Two.Incarnation),
            new MemberChange.SetMaxQuorum(5),
            new MemberChange.Raise(Format: 2),
            new MemberChange.Raise(Logic: 3),
            new MemberChange.Raise(Format: 2, Logic: 3),
        ]).SelectMany(what => (GroupChange[])[new GroupChange.Members(what), new GroupChange.Members(what, new LogIndex(305))]),
    ];

    /// <summary>Other contents of some kinds of messages, by manifest.</summary>
    public static readonly (string Manifest, object Message)[] Variants =
    [
        ("a", new WireMessage.AppendRequest(Request, "", TwoPairs) { Count = 2 }),
        ("ca", Core(new Message.AppendEntries(
            Position,
            [
                new LogEntry(new LogIndex(301), new Term(7), new Serial(292), new Payload.Pair(Request, "", TwoPairs) { Count = 2 }),
                new LogEntry(
                    new LogIndex(302), new Term(7), new Serial(294), new Payload.KeyedPair(Key, Request, "", TwoPairs) { Count = 2 }),
            ],
            new LogIndex(299),
            new Serial(294),
            Round: 600))),
        ("ca", Core(new Message.AppendEntries(
            Position,
            [new LogEntry(new LogIndex(301), new Term(7), new Serial(290), new Payload.Reconfigure(Bounded)) { Time = Time }],
            new LogIndex(299),
            new Serial(292),
            Round: 600))),
        ("cs", Core(new Message.SnapshotChunk(
            Snapshot with { Configuration = Bounded }, 1000, 65_000, [], new byte[] { 5, 6 }, new Serial(292), Round: 602))),
        ("ca", Core(new Message.AppendEntries(
            Position,
            [
                new LogEntry(new LogIndex(301), new Term(7), new Serial(291), new Payload.KeyedPair(Key, Request, "key1", new byte[] { 1 }))
                {
                    Time = Time,
                },
            ],
            new LogIndex(299),
            new Serial(292),
            Round: 600))),
        ("cg", Core(new Message.Greeting(Position, new Incarnation(Id(4)), true) { FailureDomain = "räck-1" })),
        ("cg", Core(new Message.Greeting(Position, new Incarnation(Id(4)), false) { FailureDomain = "räck-1" })),
        ("cs", Core(Chunk(998) with { Sessions = [.. Sessions] })),
        ("cs", Core(Chunk(1000) with { Keys = [.. Keys] })),
        ("cs", Core(Chunk(1003) with { Data = new byte[] { 5, 6 } })),
        ("ci", Core(new Message.ReadIndex(new ReadId(31), MayUseLease: false))),
        ("cj", Core(new Message.ReadIndexReply(new ReadId(31), null))),
        ("cs", Core(new Message.SnapshotChunk(Snapshot, 1000, 65_000, [], new byte[] { 5, 6 }, new Serial(292), Round: 602))),
        ("cs", Core(new Message.SnapshotChunk(Snapshot, 1000, 998, [], default, new Serial(292), Round: 602))),
        ("a", new WireMessage.AppendRequest(Request, "key100", new byte[] { 1 }, IsRetry: true) { Started = new Serial(289) }),
        ("a", new WireMessage.AppendRequest(Request, "key100", new byte[] { 1 }, RequestKey: new HashedKey(Key, null))),
        ("a", new WireMessage.AppendRequest(Request, "key100", new byte[] { 1 }, RequestKey: new HashedKey(Key, new Serial(290)))),
        ("ar", AppendReply.Refused(Request)),
        ("ar", AppendReply.Cancelled(Request, RaftFailure.NotDone(FailureReason.DiskFull, "the disk is full"))),
        ("ar", AppendReply.Cancelled(Request, RaftFailure.Unknown(FailureReason.Forgotten))),
        ("gr", new GetReply(Request, new StoredPair(new Serial(17), "key17", new byte[] { 9 }, Time, IsKeyed: true))),
        ("gr", new GetReply(Request, Pair: null)),
        ("gr", new GetReply(Request, Pair: null, IsCompacted: true)),
    ];

    /// <summary>The receiver of the calls.</summary>
    public static readonly CallTarget Target = new("orders", One.Name);

    /// <summary>The calls of clients, in the order of their numbers.</summary>
    public static readonly ClientCall[] Calls =
    [
        new ClientCall.Locate("orders"),
        new ClientCall.Append(
            Session,
            300,
            "key100",
            new byte[] { 1, 2, 3 },
            TimeSpan.FromMilliseconds(5001),
            IsRetry: true,
            new HashedKey(Key, new Serial(290)),
            Sampled)
        {
            Started = new Serial(289),
        },
        new ClientCall.Query(
            new byte[] { 1, 2, 3 }, TimeSpan.FromMilliseconds(5001), ReadConsistency.NotOlderThan(new Serial(292)), Sampled),
        new ClientCall.Read(new Serial(292), 256, TimeSpan.FromMilliseconds(5001)),
        new ClientCall.Change(new GroupChange.Members(new MemberChange.Join(Two.Name)), TimeSpan.FromMilliseconds(5001)),
        new ClientCall.Explain(),
        new ClientCall.Status(),
        new ClientCall.Describe(),
        new ClientCall.ListProcesses(new ProcessPlace("orders", One.Name)),
        new ClientCall.TakeSnapshot(TimeSpan.FromMilliseconds(5001)),
        new ClientCall.Backup(default, Position, 294, new LogIndex(293)),
        new ClientCall.Events(),
        new ClientCall.Close(Session, 256),
        new ClientCall.Ping(),
    ];

    /// <summary>The replies to them, in the order of their numbers, without the <see cref="Outcomes"/>.</summary>
    public static readonly ClientReply[] Replies =
    [
        new ClientReply.Located("orders", One.Name, Two.Name, new Term(7), [new(One.Name, NodeOne), new(Two.Name, NodeTwo)], new(Id(4)))
        {
            Committed = new Serial(291),
            Idle = [new(One.Name, NodeTwo)],
            Others = [NodeTwo],
        },
        new ClientReply.Pairs([new StoredPair(new Serial(293), "key100", new byte[] { 1, 2, 3 }, Time)], new Serial(200)),
        new ClientReply.Declined("no actor"),
        new ClientReply.Failed(RaftFailure.NotDone(FailureReason.Unauthorized, "a reader")),
        new ClientReply.Description(
            DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123), "RaftActors 1.2.3", [("raft.lease.enabled", "off")]),
        new ClientReply.ProcessList(
            NodeOne,
            [NodeTwo],
            [
                new RaftStatus("orders", One.Name)
                {
                    Actor = Akka.Actor.ActorRefs.Nobody,
                    IsOpen = true,
                    Role = RaftRole.Candidate,
                    Term = 7,
                    Leader = Two.Name,
                    Delivered = new Serial(3),
                    Committed = new Serial(4),
                    Members = [new GroupMember(One.Name, isVoter: true)],
                    SyncTime = TimeSpan.FromMicroseconds(300),
                },
                new RaftStatus("orders", Two.Name),
            ],
            HasMore: true),
        new ClientReply.SnapshotTaken(Position, 65_000),
        new ClientReply.BackupPart(
            new GroupUid(Id(4)),
            new LogIndex(300),
            new Message.SnapshotChunk(Snapshot, 1000, 65_000, [], new byte[] { 5, 6 }, default, Round: 0),
            [new LogEntry(new LogIndex(293), new Term(7), new Serial(200), null, "key", new byte[] { 1 }) { Time = Time }]),
        new ClientReply.NotLeading(Two.Name, new Term(7), MayBeWritten: true),
        new ClientReply.Events([(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123), "follower in term 7")]),
        new ClientReply.Leading(new(Id(4)), new Serial(293)),
    ];

    /// <summary>A batch of ("k", 9) and ("", 8).</summary>
    public static byte[] TwoPairs => PairBatch.Encode([("k", new byte[] { 9 }), ("", new byte[] { 8 })]);

    /// <summary>Other contents of some calls.</summary>
    public static readonly ClientCall[] CallVariants =
    [
        new ClientCall.Append(Session, 300, "key100", new byte[] { 1 }, TimeSpan.Zero, IsRetry: false),
        new ClientCall.Append(
            Session, 300, "key100", new byte[] { 1 }, TimeSpan.Zero, IsRetry: true, new HashedKey(Key, null)),
        new ClientCall.Append(Session, 300, "", TwoPairs, TimeSpan.Zero, IsRetry: false) { IfSerial = new Serial(9), Count = 2 },
        new ClientCall.Query(new byte[] { 1 }, TimeSpan.Zero, ReadConsistency.Linearizable),
        new ClientCall.Query(new byte[] { 1 }, TimeSpan.Zero, ReadConsistency.Lease),
        new ClientCall.Query(new byte[] { 2 }, TimeSpan.Zero, ReadConsistency.Within(TimeSpan.FromTicks(5))),
        new ClientCall.ListProcesses(null),
        .. Changes.Select(change => new ClientCall.Change(change, TimeSpan.FromMilliseconds(5001))),
    ];

    /// <summary>Other contents of some replies.</summary>
    public static readonly ClientReply[] ReplyVariants =
    [
        new ClientReply.Located("orders", null, null, default, []) { OtherGroups = ["bills", "carts"] },
        new ClientReply.NotLeading(null, default, MayBeWritten: false),
    ];

    /// <summary>A piece of a snapshot with three request keys.</summary>
    private static Message.SnapshotChunk Chunk(long place)
    {
        var snapshot = Snapshot with { Keys = new KeyTable(new Serial(270), []) };
        return new Message.SnapshotChunk(snapshot, 1000, place, [], default, new Serial(292), Round: 602) { KeyCount = 3 };
    }

    private static WireMessage.CoreMessage Core(Message body) =>
        new(new Core.Envelope(One, Unmet, new GroupUid(Id(9)), new Term(7), Boot, body));

    private static Guid Id(byte number) => new(number, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);
}
