using System.Globalization;

using RaftActors.Core;

using Xunit.Abstractions;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Reminders of a group whose nodes crash, pause and are cut off. Some have snapshots, and some replay their logs.</summary>
public sealed class ReminderSimulationTests(ITestOutputHelper output)
{
    // For this part of the interval between two kills a node is down, if it is not back before the next election.
    private const double Down = 0.3;

    // With timings of hours, months take as few messages as minutes with timings of seconds.
    private const string Hours =
        """
        raft {
          tick-interval = 12m
          heartbeat-interval = 1h
          election-timeout { min = 4h, max = 8h }
          discovery-interval = 2h
          founding-timeout = 40h
          transfer-timeout = 8h
          disk-stall-timeout = 20h
          quorum { gone-after = 40h, stable-after = 8h }
        }
        """;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // RAFTACTORS_REMINDERS is the number of reminders through kills of leaders, of which there is one for 36 reminders.
    private static readonly int ThroughKills =
        int.Parse(Environment.GetEnvironmentVariable("RAFTACTORS_REMINDERS") ?? "300", CultureInfo.InvariantCulture);

    /// <summary>How a reminder came to be told.</summary>
    private enum Way
    {
        /// <summary>By the leader under which it was set.</summary>
        OneLeader,

        /// <summary>By a later leader, which has run since it was set.</summary>
        NextLeader,

        /// <summary>By a later leader, which has restarted since it was set.</summary>
        RestartedLeader,

        /// <summary>It was set for a date.</summary>
        Date,
    }

    [Fact]
    public void Reminders_are_late_by_an_election_when_leaders_are_killed_and_by_their_time_when_the_next_leader_has_restarted()
    {
        const int Clients = 4;
        Watch watch = new();
        Prng prng = new(1);
        var (interval, election) = (TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(5));
        var duration = TimeSpan.FromSeconds(30 + (ThroughKills / 6.0));
        TestKills(
            watch,
            Kills(prng, interval, duration),
            simulation => simulation.For(duration)
                .Clients(Clients, client => OrderAsync(client, watch, ThroughKills / Clients, () => Delay, PauseOf(client, 800))));

        watch.AssertToldOnce(ThroughKills / Clients * Clients);
        Assert.InRange(watch.Kills, ThroughKills / 100, ThroughKills);
        AssertLate(watch, Way.OneLeader, TimeSpan.FromMilliseconds(20));
        AssertLate(watch, Way.NextLeader, election);
        AssertLate(watch, Way.RestartedLeader, Delay + (Down * interval) + election);
    }

    [Fact]
    public void Reminders_of_days_and_weeks_are_told_once_and_not_early_while_leaders_are_killed()
    {
        const int Count = 100;
        const int DaysMax = 3;
        var (dateEvery, datesDaysMax) = (Share.Of(test: 40, ci: 20, whole: 20), Share.Of(test: 10, ci: 20, whole: 20));
        Watch watch = new() { Lag = TimeSpan.FromHours(2) };
        Prng prng = new(1);
        var (interval, election) = (5 * Day, TimeSpan.FromHours(20));
        var ordered = 0;
        TestKills(
            watch,
            Kills(prng, interval, until: 75 * Day),
            simulation => simulation.Config(Hours).For(90 * Day)
                .Clients(1, client => OrderAsync(client, watch, Count, AnyDelay, AnyPause)));

        watch.AssertToldOnce(Count);
        Assert.InRange(watch.Kills, 10, Count);
        AssertLate(watch, Way.OneLeader, TimeSpan.FromMilliseconds(20));
        AssertLate(watch, Way.NextLeader, election);
        AssertLate(watch, Way.RestartedLeader, (DaysMax * Day) + (Down * interval) + election);

        // By then the clocks of the nodes differ by up to 2 % of the time.
        AssertLate(watch, Way.Date, (0.02 * 90 * Day) + election);

        // A few are for dates, because each costs a look at the clock every ten seconds.
        TimeSpan AnyDelay() => ++ordered % dateEvery == 1 ? -Between(5, datesDaysMax) : Between(0.1, DaysMax);

        TimeSpan AnyPause() => Between(0.01, 1);

        TimeSpan Between(double least, double most) => (least + (prng.Between(0, 1000) * (most - least) / 1000)) * Day;
    }

    // Every fourth time all nodes are killed, and otherwise the leader. Half of the times they are back before the next election.
    private static List<PlannedFault> Kills(Prng prng, TimeSpan interval, TimeSpan until)
    {
        List<PlannedFault> kills = [];
        for (var at = interval; at < until; at += interval * (prng.Between(80, 120) / 100.0))
        {
            var lasts = interval * (prng.Between(0, 1) == 0 ? Down / 30 : Down);
            var isOfLeader = kills.Count % 4 != 3;
            kills.Add(new PlannedFault(SimulationFaults.Crashes, at, lasts, isOfLeader, [0, 1, 2], PartitionShape.Whole));
        }

        return kills;
    }

    private static void TestKills(Watch watch, List<PlannedFault> kills, Action<RaftSimulation> more) => RaftSimulation
        .Of(simulation => more(SetUp(simulation, watch).Always("kills are counted", watch.CountKills)))
        .RunOnce(new World(seed: 1), kills);

    private static RaftSimulation SetUp(RaftSimulation simulation, Watch watch) => simulation
        .Nodes(3)
        .Actor(node => node == 2 ? new Shop(node, watch) : new SnapshottingShop(node, watch), "shop")
        .Config("raft.snapshot.after-entries = 40")
        .Eventually("all orders are released on all nodes", _ => watch.Counts.Count == 3
            && watch.Counts.Values.Distinct().Count() == 1 && watch.Counts.Values.All(count => count.Reserved == 0));

    private static Func<TimeSpan> PauseOf(SimulatedClient client, int below) => () => TimeSpan.FromMilliseconds(client.Next(below));

    private static async Task OrderAsync(SimulatedClient client, Watch watch, int count, Func<TimeSpan> delay, Func<TimeSpan> pause)
    {
        watch.Now = () => client.Now;
        await using var shop = client.CreateClient<long, int>();
        for (var order = 0; order < count; order++)
        {
            var key = $"{client.Number}/{order}";
            while (await shop.AppendAsync(key, delay().Ticks, requestKey: key) is not { Failure: null })
            {
                await client.Delay(pause());
            }

            await client.Delay(pause());
        }
    }

    private void AssertLate(Watch watch, Way way, TimeSpan most)
    {
        var late = watch.Orders.Values.Where(order => order.Way == way).Select(order => order.Late).Order().ToList();
        output.WriteLine($"{way}: {late.Count} of {watch.Orders.Count} reminders, {watch.Kills} kills, late by p50 {late[late.Count / 2]}, "
            + $"p99 {late[late.Count * 99 / 100]}, max {late[^1]}");
        Assert.InRange(late[^1], TimeSpan.Zero, most);
    }

    /// <summary>What the shops of a run tell.</summary>
    private sealed class Watch
    {
        private readonly List<string> _faults = [];
        private readonly HashSet<int> _leaders = [];

        // A process that handles an order so much later than the first one has restarted since.
        public TimeSpan Lag { get; init; } = TimeSpan.FromSeconds(0.5);

        public Func<TimeSpan> Now { get; set; } = () => TimeSpan.Zero;

        public Dictionary<int, (int Reserved, int Released)> Counts { get; } = [];

        public Dictionary<string, Order> Orders { get; } = [];

        public int Kills { get; private set; }

        // An exception would restart the actor, which would replay the log at a later time.
        public void Demand(bool isSo, string fault)
        {
            if (!isSo)
            {
                _faults.Add(fault);
            }
        }

        public void AssertToldOnce(int count)
        {
            Assert.Empty(_faults);
            Assert.Equal([count, count, count], Counts.Values.Select(each => each.Released));
        }

        public bool CountKills(SimulationView view)
        {
            for (var node = 0; node < view.Nodes; node++)
            {
                if (view.Status(node)?.Role == RaftRole.Leader)
                {
                    _leaders.Add(node);
                }
                else if (_leaders.Remove(node) && !view.IsUp(node))
                {
                    Kills++;
                }
            }

            return true;
        }
    }

    /// <summary>An order as the first actor sees it that handles it.</summary>
    private sealed record Order(TimeSpan Set, DateTimeOffset Date, Shop By, bool IsOfLeader)
    {
        /// <summary>Null: it is not told yet.</summary>
        public Way? Way { get; set; }

        public TimeSpan Late { get; set; }
    }

    /// <summary>
    /// Reserves what is ordered, and releases it after a while, which is the value of the order. Below zero: at that time from now on.
    /// </summary>
    private class Shop(int node, Watch watch) : RaftActor<long, int>
    {
        // The clocks of simulated nodes are fast or slow by at most 1 %.
        private const double RateMin = 0.99;

        private readonly Dictionary<string, (TimeSpan World, TimeSpan Own)> _handled = [];

        protected SortedSet<string> Reserved { get; } = new(StringComparer.Ordinal);

        protected int Released { get; set; }

        private TimeSpan Clock => Context.System.Scheduler.MonotonicClock;

        protected override int HandleAppend(Entry<long> entry)
        {
            var (delay, date) = (TimeSpan.FromTicks(entry.Value), entry.Time - TimeSpan.FromTicks(entry.Value));
            Reserved.Add(entry.Key);
            if (delay > TimeSpan.Zero)
            {
                Remind(entry.Key, delay, entry.Value);
            }
            else
            {
                Remind(entry.Key, date, entry.Value);
            }

            _handled[entry.Key] = (watch.Now(), Clock);
            watch.Orders.TryAdd(entry.Key, new Order(watch.Now(), date, this, Group.Leader is { IsSelf: true }));
            Tell();
            return Reserved.Count;
        }

        protected override void HandleReminder(Entry<long> entry)
        {
            var order = watch.Orders[entry.Key];
            var delay = TimeSpan.FromTicks(entry.Value);
            var isDue = delay > TimeSpan.Zero ? watch.Now() >= order.Set + (delay * RateMin) : entry.Time >= order.Date;
            watch.Demand(Reserved.Remove(entry.Key), $"{entry.Key} is told twice");
            watch.Demand(isDue, $"{entry.Key} is told early");
            if (order.Way is null && Group.Leader is { IsSelf: true })
            {
                // A leader counts by its own clock, which is not quite that of the simulation.
                var hasSeen = _handled.TryGetValue(entry.Key, out var handled) && handled.World - order.Set < watch.Lag;
                (order.Way, order.Late) = (delay, hasSeen) switch
                {
                    ({ Ticks: < 0 }, _) => (Way.Date, entry.Time - order.Date),
                    (_, false) => (Way.RestartedLeader, watch.Now() - order.Set - delay),
                    _ => (order.By == this && order.IsOfLeader ? Way.OneLeader : Way.NextLeader, Clock - handled.Own - delay),
                };
            }

            Released++;
            Tell();
        }

        protected override ulong? HandleDigest() => ((ulong)Released << 32) | (uint)Reserved.Count;

        protected void Tell() => watch.Counts[node] = (Reserved.Count, Released);
    }

    private sealed class SnapshottingShop(int node, Watch watch) : Shop(node, watch), IRaftSnapshot<string>
    {
        public string TakeSnapshot(Serial serial) => $"{Released} {string.Join(' ', Reserved)}";

        public void RestoreSnapshot(Serial serial, string state)
        {
            Reserved.Clear();
            Reserved.UnionWith(state.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);
            Released = int.Parse(state.Split(' ')[0]);
            Tell();
        }
    }
}
