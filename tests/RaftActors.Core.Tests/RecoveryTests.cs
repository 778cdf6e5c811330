namespace RaftActors.Core.Tests;

/// <summary>Starts of a process with the snapshot and the log that its store recovered.</summary>
public sealed class RecoveryTests
{
    private static readonly ImmutableArray<ProcessName> Roster = [new("raft1@x"), new("raft2@x"), new("raft3@x")];
    private static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly GroupUid Other = new(new Guid(2, 0, 0, new byte[8]));

    /// <summary>A whole log; its first entry is the configuration.</summary>
    private static readonly InitialState Whole = FoundedGroup.State(Roster, 11, Group, [1, 1, 1, 2, 2, 2]);

    private static readonly RaftLog Log = new(default, Whole.Log);

    [Fact]
    public void A_process_restarts_from_its_snapshot_with_the_configuration_in_it()
    {
        var core = NewCore(Recovered(3, SnapshotAt(4)));

        Assert.Equal(new LogIndex(4), core.CommitIndex);
        Assert.Equal(new LogIndex(3), core.Base.Index);
        Assert.Equal(new LogIndex(6), core.LastPosition.Index);
        Assert.Equal("voters(raft1@x#00000001 raft2@x#00000001 raft3@x#00000001)", $"{core.Configuration}");
    }

    [Fact]
    public void A_snapshot_beyond_the_log_replaces_all_of_it()
    {
        var core = NewCore(Recovered(1, SnapshotAt(5)) with { Log = Whole.Log.Skip(1).Take(2) });

        Assert.Equal(Log.PositionAt(new LogIndex(5)), core.LastPosition);
        Assert.Contains(core.Step(Input.Tick.Instance), effect => effect is Effect.Discard(var log, _) && log == core.Base);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_log_that_is_read_in_pages_gives_the_same_process(int snapshot)
    {
        var whole = snapshot == 0 ? Whole : Recovered(0, SnapshotAt(snapshot));
        LogSlice[] pages = [whole.Log.Take(2), whole.Log.Skip(2).Take(1)];
        var paged = whole with { Earlier = new EarlierLog(new LogIndex(3), pages), Log = whole.Log.Skip(3) };

        var (expected, core) = (NewCore(whole), NewCore(paged));

        Assert.Equal(expected.LastPosition, core.LastPosition);
        Assert.Equal(expected.CommitIndex, core.CommitIndex);
        Assert.Equal($"{expected.Configuration}", $"{core.Configuration}");
        Assert.Equal(expected.LogSize, core.LogSize);
        Assert.Equal(core.Base, core.Floor);
    }

    [Fact]
    public void A_log_that_is_read_in_pages_adds_no_request_that_the_snapshot_covers()
    {
        // Two origins are remembered. Ann's first request is below the log. Bob's request, added again, would let ann's session go.
        var (ann, bob, carl) = (Origin("ann"), Origin("bob"), Origin("carl"));
        LogSlice entries =
        [
            Whole.Log[0], Request(2, ann, 1), Request(3, bob, 1), Request(4, ann, 2), Request(5, carl, 1), Request(6, carl, 2),
        ];
        var log = new RaftLog(default, entries);
        var bounds = new SessionBounds(MaxOrigins: 2);
        var tables = new SnapshotTables(bounds, null);
        tables.Add(entries.Take(5));
        var snapshot = tables.Describe(log.PositionAt(new LogIndex(5)), new LogIndex(1), Configuration(), 10);
        var initial = Whole with
        {
            Base = log.PositionAt(new LogIndex(2)),
            Earlier = new EarlierLog(new LogIndex(5), [entries.Skip(2).Take(3)]),
            Log = entries.Skip(5),
            Snapshot = snapshot,
        };
        var state = new RaftState(Options() with { Sessions = bounds }, initial);

        Recovery.Start(state, initial, new Commitment(state));

        Assert.Equal(new LogIndex(2), state.Sessions.Of(ann)?.Find(1)?.Index);
        Assert.Null(state.Sessions.Of(bob));
    }

    [Fact]
    public void A_snapshot_beyond_a_log_that_is_read_in_pages_replaces_all_of_it()
    {
        var initial = Recovered(0, SnapshotAt(5)) with
        {
            Earlier = new EarlierLog(new LogIndex(2), [Whole.Log.Take(2)]),
            Log = Whole.Log.Skip(2).Take(1),
        };

        var core = NewCore(initial);

        Assert.Equal(Log.PositionAt(new LogIndex(5)), core.LastPosition);
        Assert.Equal(new LogIndex(5), core.CommitIndex);
    }

    [Fact]
    public void A_snapshot_is_compared_with_a_log_that_leaves_the_memory_at_the_start()
    {
        var sound = InPages(SnapshotAt(4), committed: 6);

        Assert.True(NewCore(sound, logMemory: 0).Floor.Index >= new LogIndex(4));
        var error = Assert.Throws<ArgumentException>(() => NewCore(sound with { Snapshot = Changed(SnapshotAt(4)) }, logMemory: 0));

        Assert.Contains("The store is damaged: the snapshot covers 4/2 s3, where the log has 4/2 s3", error.Message);
    }

    [Fact]
    public void Requests_and_keys_of_uncommitted_entries_are_not_remembered_at_the_start()
    {
        var (ann, key) = (Origin("ann"), new RequestKeyHash(new Guid(7, 0, 0, new byte[8])));
        var uncommitted = new Payload.KeyedPair(key, new RequestId(ann, 2), "key", default);
        LogSlice entries = [Whole.Log[0], Request(2, ann, 1), FoundedGroup.Entry(3, 1, uncommitted)];
        var initial = Whole with { Log = entries, Committed = new LogIndex(2) };
        var state = new RaftState(Options(), initial);

        Recovery.Start(state, initial, new Commitment(state));

        Assert.Equal(new LogIndex(2), state.Sessions.Of(ann)?.Find(1)?.Index);
        Assert.Null(state.Sessions.Of(ann)?.Find(2));
        Assert.Empty(state.Keys.ToTable().Keys);
    }

    [Fact]
    public void A_snapshot_after_a_start_has_the_requests_of_entries_that_left_the_memory()
    {
        var (ann, bob) = (Origin("ann"), Origin("bob"));
        LogSlice entries =
        [
            Whole.Log[0], Request(2, ann, 1), Request(3, bob, 1), Request(4, ann, 2), Request(5, bob, 2), Request(6, ann, 3),
        ];
        var whole = Whole with { Log = entries, Committed = new LogIndex(6) };
        LogSlice[] pages = [entries.Take(2), entries.Skip(2).Take(2)];
        var paged = whole with { Earlier = new EarlierLog(new LogIndex(4), pages), Log = entries.Skip(4) };
        var (expected, core) = (NewCore(whole), NewCore(paged, logMemory: 0));
        Assert.True(core.Floor.Index > new LogIndex(2));

        Assert.Equal(
            Text(expected.DescribeSnapshot(new LogIndex(6), 1).Sessions),
            Text(core.DescribeSnapshot(new LogIndex(6), 1).Sessions));
    }

    [Fact]
    public void Committed_entries_leave_the_memory_at_the_start_and_others_stay()
    {
        LogSlice[] pages = [Whole.Log.Take(2), Whole.Log.Skip(2).Take(3)];
        var paged = Whole with { Earlier = new EarlierLog(new LogIndex(5), pages), Log = Whole.Log.Skip(5), Committed = new LogIndex(4) };

        var core = NewCore(paged, logMemory: 0);

        Assert.Equal(new LogIndex(4), core.CommitIndex);
        Assert.InRange(core.Floor.Index.Value, 1, 4);
        Assert.Equal(Log.LastPosition, core.LastPosition);
    }

    [Fact]
    public void A_recorded_commit_index_beyond_the_log_counts_as_its_end()
    {
        var core = NewCore(Whole with { Committed = new LogIndex(7) });

        Assert.Equal((new LogIndex(6), Log.LastPosition), (core.CommitIndex, core.LastPosition));
    }

    [Fact]
    public void A_log_that_ends_before_its_recorded_end_is_reported_as_damaged()
    {
        var paged = Whole with { Earlier = new EarlierLog(new LogIndex(3), [Whole.Log.Take(2)]), Log = Whole.Log.Skip(3) };

        Assert.Throws<ArgumentException>(() => NewCore(paged));
    }

    public static TheoryData<object, string> Damaged => new()
    {
        { Recovered(3, null), "the log begins after 3/1 s2, and no snapshot covers the entries before" },
        { Recovered(4, SnapshotAt(3)), "the log begins after 4/2 s3, and the latest snapshot covers only 3/1 s2" },
        { Recovered(3, Changed(SnapshotAt(4))), "the snapshot covers 4/2 s3, where the log has 4/2 s3" },
        { Recovered(3, SnapshotAt(4) with { ConfigurationIndex = new LogIndex(5) }), "its configuration is of 5" },
        { Recovered(3, SnapshotAt(4) with { Configuration = Configuration() with { Group = Other } }), "the snapshot is of group" },

        // A snapshot within the log does not raise the term.
        {
            Recovered(3, SnapshotAt(4)) with { HardState = Whole.HardState with { Term = new Term(1) } },
            "the log has reached term 2, but the stored term is 1"
        },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_snapshot_and_a_log_that_do_not_fit_are_reported_as_damaged(object initial, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => NewCore((InitialState)initial));

        Assert.StartsWith("The store is damaged: ", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_snapshot_of_a_later_term_beyond_the_log_raises_the_term_and_leaves_no_vote_in_it()
    {
        var stored = Whole.HardState with { Term = new Term(1), VotedFor = new Member(Roster[1], SimulatedProcess.IncarnationOf(1)) };
        var initial = Recovered(1, SnapshotAt(5)) with { HardState = stored, Log = Whole.Log.Skip(1).Take(2) };

        var state = Recovery.HardStateOf(initial);

        Assert.Equal(new Term(2), state.Term);
        Assert.Null(state.VotedFor);
    }

    [Fact]
    public void A_snapshot_that_became_durable_before_the_group_was_recorded_is_taken()
    {
        var core = NewCore(Recovered(3, SnapshotAt(4)) with { HardState = Whole.HardState with { Group = GroupUid.None } });

        Assert.Equal(new LogIndex(4), core.CommitIndex);
    }

    [Fact]
    public void A_snapshot_is_described_only_above_the_latest_and_up_to_the_delivered_index()
    {
        var core = NewCore(Recovered(3, SnapshotAt(4)));

        Assert.Throws<ArgumentOutOfRangeException>(() => core.DescribeSnapshot(new LogIndex(4), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => core.DescribeSnapshot(new LogIndex(5), 1));
        Receive(core, new Message.AppendEntries(Log.LastPosition, [], new LogIndex(6), default));
        Assert.Equal(new LogIndex(1), core.DescribeSnapshot(new LogIndex(5), 1).ConfigurationIndex);
    }

    [Fact]
    public void Preloaded_pairs_are_delivered_only_with_the_configuration_after_them()
    {
        LogSlice preload = Preload.Of([FoundedGroup.Pair(0, 1), FoundedGroup.Pair(0, 2)]);
        var entry = new LogEntry(new LogIndex(3), new Term(1), new Serial(2), new Payload.Reconfigure(Configuration()));
        var log = new RaftLog(default, [.. preload, entry]);
        var core = NewCore(Whole with { Log = log.From(new LogIndex(1)) });

        var early = Receive(core, new Message.AppendEntries(log.PositionAt(new LogIndex(1)), [], new LogIndex(3), default));
        var late = Receive(core, new Message.AppendEntries(log.LastPosition, [], new LogIndex(3), default));

        Assert.DoesNotContain(early, effect => effect is Effect.Commit);
        Assert.Equal(3, late.OfType<Effect.Commit>().Single().Entries.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => core.DescribeSnapshot(new LogIndex(2), 1));
        Assert.Equal(new LogIndex(3), core.DescribeSnapshot(new LogIndex(3), 1).ConfigurationIndex);
    }

    [Fact]
    public void Preloaded_pairs_are_delivered_only_when_the_replaced_configuration_is_on_disk()
    {
        LogSlice preload = Preload.Of([FoundedGroup.Pair(0, 1), FoundedGroup.Pair(0, 2)]);
        LogEntry Founding(int term) =>
            new(new LogIndex(3), new Term(term), new Serial(2), new Payload.Reconfigure(Configuration()));
        var core = NewCore(Whole with { Log = [.. preload, Founding(1)] });

        var position = new RaftLog(default, preload).LastPosition;
        var early = Receive(core, new Message.AppendEntries(position, [Founding(2)], new LogIndex(3), default));
        var late = core.Step(new Input.Persisted(early.OfType<Effect.Persist>().Last().Ticket));

        Assert.DoesNotContain(early, effect => effect is Effect.Commit);
        Assert.Equal(3, late.OfType<Effect.Commit>().Single().Entries.Length);
    }

    private static Configuration Configuration() => ((Payload.Reconfigure)Whole.Log[0].Payload).Configuration;

    private static Snapshot SnapshotAt(long index) => new(Log.PositionAt(new LogIndex(index)), new LogIndex(1), Configuration(), [], 10);

    private static Snapshot Changed(Snapshot snapshot) => snapshot with { Position = snapshot.Position with { Hash = 1 } };

    private static InitialState Recovered(int start, Snapshot? snapshot) =>
        Whole with { Base = Log.PositionAt(new LogIndex(start)), Log = Whole.Log.Skip(start), Snapshot = snapshot };

    private static InitialState InPages(Snapshot snapshot, long committed) => Recovered(0, snapshot) with
    {
        Earlier = new EarlierLog(new LogIndex(5), [Whole.Log.Take(2), Whole.Log.Skip(2).Take(3)]),
        Log = Whole.Log.Skip(5),
        Committed = new LogIndex(committed),
    };

    private static string Text(IEnumerable<SessionState> sessions) =>
        string.Join('\n', sessions.Select(one => $"{one.Origin} {one.Forgotten}: {string.Join(' ', one.Answered)}"));

    private static Member Origin(string name) => new(new ProcessName($"{name}@x"), SimulatedProcess.IncarnationOf(1));

    private static LogEntry Request(long index, Member origin, long number) =>
        FoundedGroup.Entry(index, 1, new Payload.Pair(new RequestId(origin, number), "key", default));

    private static CoreOptions Options() => new()
    {
        Self = new Member(Roster[0], SimulatedProcess.IncarnationOf(1)),
        Roster = Roster,
        FoundingUid = Group,
        Seed = 1,
    };

    private static RaftCore NewCore(InitialState initial, long logMemory = 64 << 20) =>
        new(Options() with { LogMemoryBytes = logMemory, MaxEntriesPerMessage = 2 }, initial);

    private static ImmutableArray<Effect> Receive(RaftCore core, Message body)
    {
        var leader = new Member(Roster[1], SimulatedProcess.IncarnationOf(1));
        return core.Step(new Input.Receive(new Envelope(leader, core.Options.Self, Group, new Term(2), default, body)));
    }
}
