using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Testing.Replay;

namespace RaftActors.Testing.Tests.Replay;

/// <summary>Each change of the rules is found at the first serial that shows it.</summary>
public sealed class RaftReplayTests : IClassFixture<RaftReplayTests.Backups>
{
    private readonly Backups _backups;

    public RaftReplayTests(Backups backups) => _backups = backups;

    [Theory]
    [InlineData("rounds up", 100, "results")]
    [InlineData("cuts", 200, "results")]
    [InlineData("lists in order of arrival", 400, "results")]
    [InlineData("reads the clock", 500, "results")]
    [InlineData("misses a key", 600, "results")]
    [InlineData("throws", 700, "exceptions")]
    [InlineData("replies in another way", 800, "results")]
    [InlineData("hides a sum", 900, "states")]
    [InlineData("dimes from version 2, at once", 1000, "results")]
    [InlineData("counts to 2^31", 1100, "results")]
    [InlineData("floats", 1200, "results")]
    [InlineData("keys without case", 1300, "results")]
    [InlineData("keys without spaces", 1400, "results")]
    [InlineData("draws lots", 1500, "results")]
    [InlineData("limit", 1600, "results")]
    [InlineData("serial for time", 1700, "results")]
    [InlineData("forgets the day", 1800, "results")]
    [InlineData("fee before interest", 1900, "states")]
    [InlineData("replies nothing", 2000, "results")]
    [InlineData("sets no reminder", 2100, "states")]
    public void Changed_rule_is_found_at_its_first_serial(string change, long serial, string what)
    {
        var difference = RaftReplay.Compare([_backups.Special], () => new Till(), () => new NextTill(change)).Difference;

        Assert.NotNull(difference);
        Assert.True((difference.Serial.Value, difference.What) == (serial, what), $"{difference}");
        Assert.Equal((Backups.Specials[(int)serial].Key, true), (difference.Key, difference.IsRepeatable));
        Assert.NotEqual(difference.Old, difference.New);
    }

    [Fact]
    public void Unchanged_build_agrees()
    {
        var report = RaftReplay.Compare([_backups.Special], () => new Till(), () => new NextTill(""));

        Assert.Null(report.Difference);
        Assert.Equal((5000, 5000, 0), (report.Pairs, report.Last.Value, report.After.Value));
        Assert.Equal($"{RaftReplay.Run([_backups.Special], () => new Till())}", $"{report}");
    }

    [Fact]
    public void Rule_that_begins_with_its_version_agrees_below_it_and_counts_behind_it()
    {
        Dictionary<int, (string Key, decimal Value)> dimes = new() { [50] = ("dime", 0.11m), [150] = ("dime", 0.11m) };
        var below = ReplayLog.Write(_backups.NewFile(), ReplayLog.Pairs(200, dimes));
        var raised = ReplayLog.Write(_backups.NewFile(), ReplayLog.Pairs(200, dimes), upgradeAfter: 100);
        const string Rule = "dimes from version 2";

        Assert.Null(RaftReplay.Compare([below], () => new Till(), () => new NextTill(Rule)).Difference);
        var difference = RaftReplay.Compare([raised], () => new NextTill(""), () => new NextTill(Rule)).Difference;
        Assert.Equal((150, 2), (difference?.Serial.Value, difference?.LogicVersion));
        AssertFails("logic version 2", () => RaftReplay.Run([raised], () => new Till()));
    }

    [Fact]
    public void Change_within_a_batch_is_found_at_its_pair()
    {
        var backup = ReplayLog.Write(_backups.NewFile(), ReplayLog.Pairs(3000, Backups.Specials), batch: 100);

        var difference = RaftReplay.Compare([backup], () => new Till(), () => new Till("floats")).Difference;

        Assert.Equal((1200, "float"), (difference?.Serial.Value, difference?.Key));
    }

    [Fact]
    public void Difference_tells_the_pair_and_both_results()
    {
        var difference = RaftReplay.Compare([_backups.Special], () => new Till(), () => new Till("throws")).Difference;

        Assert.Equal(
            """
            serial 700, key "throws", value 1, of 2026-03-01 00:11:40Z, logic version 1: a build throws
              old: 1
              new: throws InvalidOperationException: There is no such sum.
            """,
            $"{difference}");
    }

    [Fact]
    public void Exception_of_both_builds_is_a_difference_too()
    {
        var difference = RaftReplay.Compare([_backups.Special], () => new Till("throws"), () => new Till("throws")).Difference;

        Assert.Equal((700, "exceptions"), (difference?.Serial.Value, difference?.What));
        Assert.Equal(difference?.Old, difference?.New);
    }

    [Fact]
    public void States_are_compared_by_their_digests_if_both_builds_have_one()
    {
        var difference = RaftReplay.Compare([_backups.Special], () => new Digested(0), () => new Digested(1)).Difference;

        Assert.Equal((900, "states"), (difference?.Serial.Value, difference?.What));
    }

    [Fact]
    public void Actor_knows_that_the_pairs_are_old()
    {
        List<Serial> news = [];

        RaftReplay.Run([_backups.Special], () => new Mailer(news));

        Assert.Empty(news);
    }

    [Fact]
    public void Store_of_a_stopped_node_and_chain_of_backups_give_the_same_from_the_snapshot_on()
    {
        using RealGroup group = new();

        var fromStore = RaftReplay.Run([group.Directory], () => new Counter());
        var fromBackups = RaftReplay.Run(group.Backups, () => new Counter());

        Assert.Equal((10, 30, 20), (fromStore.After.Value, fromStore.Last.Value, fromStore.Pairs));
        Assert.Equal($"{fromStore}", $"{fromBackups}");
        Assert.Null(RaftReplay.Compare(group.Backups, () => new Counter(), () => new Counter()).Difference);
        var difference = RaftReplay.Compare(group.Backups, () => new Counter(), () => new Counter(lost: 1)).Difference;
        Assert.Equal((10, null, "states"), (difference?.Serial.Value, difference?.Key, difference?.What));
        AssertFails("cannot restore the snapshot: A value is of type Int32", () => RaftReplay.Compare(
            group.Backups, () => new Counter(), () => new Unable()));
        AssertFails("cannot restore a snapshot", () => RaftReplay.Run(group.Backups, () => new Mailer([])));
        AssertFails("Name the full backup first", () => RaftReplay.Run(group.Backups[1..], () => new Counter()));
        AssertFails("does not continue", () => RaftReplay.Run([group.Backups[0], group.Backups[0]], () => new Counter()));
        RaftReplayOptions others = new() { Group = "others" };
        AssertFails("has the group counters, not others", () => RaftReplay.Run(group.Backups, () => new Counter(), others));
        AssertFails("has 0 stores of the group others", () => RaftReplay.Run([group.Directory], () => new Counter(), others));
        group.Damage();
        AssertFails("is damaged", () => RaftReplay.Run([group.Directory], () => new Counter()));
    }

    [Fact]
    public void Damaged_backup_is_refused()
    {
        var file = _backups.NewFile();
        var bytes = File.ReadAllBytes(_backups.Special);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);

        AssertFails("is no backup, or is damaged", () => RaftReplay.Run([file], () => new Till()));
        AssertFails("Cannot read the backup", () => RaftReplay.Run([_backups.NewFile()], () => new Till()));
    }

    [Fact]
    public void Log_of_another_group_is_refused()
    {
        RaftShards shards = new("carts", 4);

        AssertFails("the actor is of the group", () => RaftReplay.Run([_backups.Special], () => new Shard(shards.All[1])));
        var difference = RaftReplay.Compare([_backups.Special], () => new Counter(), () => new Counter()).Difference;
        Assert.Equal((1, "exceptions"), (difference?.Serial.Value, difference?.What));
        Assert.Contains("this actor's values are of type Int32", difference?.Old);
    }

    [Fact]
    public void Actor_that_fetches_its_pairs_gets_all_of_them() =>
        Assert.Equal(5000, RaftReplay.Run([_backups.Special], () => new Fetcher()).Pairs);

    [Fact]
    public void Actor_that_cannot_be_replayed_is_refused()
    {
        AssertFails("pairs up to serial 1 of its own", () => RaftReplay.Run([_backups.Special], () => new Preloaded()));
        AssertFails("does not derive from RaftActor", () => RaftReplay.Run([_backups.Special], () => new Other()));
        AssertFails("it cannot start: No.", () => RaftReplay.Run([_backups.Special], () => throw new InvalidOperationException("No.")));
    }

    [Fact]
    public void Cancelled_replay_ends()
    {
        using CancellationTokenSource end = new();
        Progress progress = new(end);

        Assert.ThrowsAny<OperationCanceledException>(
            () => RaftReplay.Run([_backups.Special], () => new Till(), new() { Progress = progress }, end.Token));
        Assert.Equal(5000, progress.Of);
    }

    private static void AssertFails(string why, Action call)
    {
        var failure = Assert.ThrowsAny<Exception>(call);
        Assert.True(failure is StoreException or RaftConfigurationException, $"{failure}");
        Assert.Contains(why, failure.Message);
    }

    private sealed class Progress(CancellationTokenSource end) : IProgress<(long Pairs, long Of)>
    {
        public long Of { get; private set; }

        public void Report((long Pairs, long Of) value)
        {
            Of = value.Of;
            end.Cancel();
        }
    }

    private sealed class Digested(int wrong) : RaftActor<decimal, int>
    {
        private ulong _state;

        protected override int HandleAppend(Entry<decimal> entry)
        {
            _state += (ulong)(entry.Key == "hides" ? wrong : 1);
            return 1;
        }

        protected override ulong? HandleDigest() => _state;
    }

    // An actor that tells the outside world of new pairs.
    private sealed class Mailer(List<Serial> news) : RaftActor<object?>
    {
        protected override object? HandleAppend(Entry<object?> entry)
        {
            if (entry.Serial > Group.Recovered)
            {
                news.Add(entry.Serial);
            }

            return null;
        }
    }

    private sealed class Fetcher : RaftActor<decimal>
    {
        private long _count;

        protected override object? HandleAppend(Entry<decimal> entry) => ++_count == entry.Serial.Value
            ? null
            : throw new InvalidOperationException($"Pair {entry.Serial} came as number {_count}.");

        protected override void HandleMissing(SerialRange gap) => Group.Get(gap);
    }

    private sealed class Preloaded() : RaftActor<decimal>(new() { Preload = [("p1", 1)] })
    {
        protected override object? HandleAppend(Entry<decimal> entry) => null;
    }

    private sealed class Other : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Shard(RaftShard shard) : RaftActor<decimal>(new() { Shard = shard })
    {
        protected override object? HandleAppend(Entry<decimal> entry) => null;
    }

    /// <summary>A backup with a pair for each rule.</summary>
    public sealed class Backups : FolderTest
    {
        internal static readonly Dictionary<int, (string Key, decimal Value)> Specials = new()
        {
            [100] = ("p1", 0.005m),
            [200] = ("p1", 0.019m),
            [300] = ("zeta", 1),
            [301] = ("alpha", 1),
            [400] = ("list", 0),
            [500] = ("clock", 0),
            [600] = ("misses", 1),
            [700] = ("throws", 1),
            [800] = ("reply", 1),
            [900] = ("hides", 1),
            [1000] = ("dime", 0.11m),
            [1100] = ("big", 3_000_000_000),
            [1200] = ("float", 0.2m),
            [1300] = ("P1", 1),
            [1400] = (" p1", 1),
            [1500] = ("lot", 1),
            [1600] = ("limit", 100),
            [1700] = ("time", 1),
            [1800] = ("day", 1),
            [1900] = ("order", 1),
            [2000] = ("nothing", 1),
            [2100] = ("remind", 1),
        };

        public Backups() => Special = ReplayLog.Write(Folder["special"], ReplayLog.Pairs(5000, Specials));

        public string Special { get; }

        public string NewFile() => Folder[$"{Guid.NewGuid():N}"];
    }
}
