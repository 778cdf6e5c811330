namespace RaftActors.Tests.Engine;

/// <summary>When the processes of a group take snapshots of a large state.</summary>
public sealed class SnapshotTurnTests : TestKit
{
    // Turns of 2 s.
    private const long Length = 2 * SnapshotTurn.BytesPerSecond;

    // Makes a snapshot due: half of the length.
    private const int Growth = (int)(Length / 2);

    private static readonly string[] Names = ["raft1", "raft2", "raft3"];

    [Theory]
    [InlineData("raft1", 1, "raft2 at 2, raft3 at 4, raft1 at 6")]
    [InlineData("raft1", 2, "raft2 at 2, raft3 at 4, raft1 at 6")]
    [InlineData("raft2", 1, "raft1 at 1, raft3 at 4, raft2 at 8")]
    [InlineData("raft3", 3, "raft2 at 3, raft1 at 6, raft3 at 10")]
    public void Voters_take_large_snapshots_one_after_the_other_and_the_leader_last(string leader, int dueAt, string expected)
    {
        var processes = Names.Select(name => new Taker(this, name, leader)).ToList();
        List<string> taken = [];
        for (var second = dueAt; taken.Count < Names.Length && second < 20; second++)
        {
            foreach (var process in processes)
            {
                if (process.Commit(second, second == dueAt ? Growth : 0))
                {
                    taken.Add($"{process.Name} at {second}");
                }
            }
        }

        Assert.Equal(expected, string.Join(", ", taken));
    }

    [Fact]
    public void Small_snapshot_is_taken_at_once_by_the_leader_too() =>
        Assert.True(new Taker(this, "raft1", "raft1", SnapshotTurn.BytesPerSecond - 1).Commit(3, Growth));

    [Fact]
    public void Process_that_does_not_vote_takes_its_snapshot_at_once() =>
        Assert.True(new Taker(this, "raft4", "raft1").Commit(3, Growth));

    // The time in the log stands still while the clock of a leader is behind it.
    [Fact]
    public void Process_waits_no_longer_when_the_log_is_twice_as_long()
    {
        Taker process = new(this, "raft1", "raft1");
        Assert.False(process.Commit(3, Growth));
        Assert.False(process.Commit(3, Growth - 1000));

        Assert.True(process.Commit(3, 1000));
    }

    [Fact]
    public void Snapshot_on_demand_waits_for_no_turn()
    {
        Taker process = new(this, "raft1", "raft1");

        process.Snapshots.Ask();

        process.Bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
    }

    [Fact]
    public void Leader_whose_snapshot_was_replaced_waits_anew_for_the_others()
    {
        Taker process = new(this, "raft1", "raft1");
        Assert.False(process.Commit(1, Growth));
        process.Snapshots.OnInstalled(Taker.SnapshotOf(index: 5, Length));

        Assert.False(process.Commit(12, Growth));

        Assert.True(process.Commit(18, 0));
    }

    private sealed class Taker
    {
        private long _index = 4;

        public Taker(TestKit kit, string name, string leader, long length = Length)
        {
            Name = name;
            Bench = new Bench(kit, name: name, snapshot: SnapshotOf(index: 3, length));
            var voters = Names.Select(other => other == name ? Bench.Process.Member : MemberOf(other));
            Bench.Context.CommitConfiguration(new LogIndex(1), Of([.. voters]));
            if (name == leader)
            {
                Bench.Elect("raft1");
            }

            Snapshots = new SnapshotTaking(Bench.Context);
        }

        public string Name { get; }

        public Bench Bench { get; }

        public SnapshotTaking Snapshots { get; }

        public static Snapshot SnapshotOf(long index, long length) => new(
            new LogPosition(new LogIndex(index), new Term(1), new Serial(index), 0), new LogIndex(1), Of([MemberOf("raft1")]), [], length);

        /// <summary>Commits a pair with a value of this size. Returns whether the actor is asked for its state.</summary>
        public bool Commit(int second, int size)
        {
            Bench.Commit(_index);
            LogEntry entry = new(new LogIndex(_index), new Term(1), new Serial(_index), null, "key", new byte[size]);
            Snapshots.OnCommitted([entry with { Time = new LogTime(1000 * second) }], default);
            _index++;
            if (!Bench.Actor.HasMessages)
            {
                return false;
            }

            Bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
            return true;
        }

        private static Member MemberOf(string name) => new(new ProcessName($"{name}@node1"), Incarnation.None);

        private static Configuration Of(ImmutableArray<Member> voters) => new(GroupUid.None, voters.Length, voters, [], [], []);
    }
}
