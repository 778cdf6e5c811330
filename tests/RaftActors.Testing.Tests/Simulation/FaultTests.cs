using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Each kind of fault does what its name says. Without this, a simulation could pass because nothing goes wrong in it.</summary>
public sealed class FaultTests
{
    [Fact]
    public void Group_that_is_split_in_two_fails_the_simulation_with_two_leaders_of_a_term()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => simulation
            .Nodes(2)
            .Actor(node => new Alone(node))
            .Faults(SimulationFaults.None)));

        Assert.Contains("term 1 has two leaders: actor@n", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_faults_every_append_is_fast() =>
        Assert.InRange(SlowestAppends([], Share.Of(test: 1, ci: 3, whole: 3)).Max(), 0, 50);

    // All nodes have the fault soon after 4 s, and again and again, because a disk may have room left by chance.
    [Theory]
    [InlineData(SimulationFaults.Crashes)]
    [InlineData(SimulationFaults.Pauses)]
    [InlineData(SimulationFaults.Partitions)]
    [InlineData(SimulationFaults.BadNetwork)]
    [InlineData(SimulationFaults.SlowDisks)]
    [InlineData(SimulationFaults.FullDisks)]
    public void Fault_slows_appends_while_it_lasts(SimulationFaults kind)
    {
        // The prepared room of a log may last for all full disks of one run.
        var runs = kind == SimulationFaults.FullDisks ? 3 : Share.Of(test: 1, ci: 3, whole: 3);
        var slowest = SlowestAppends([.. Enumerable.Range(0, 15).Select(number => Plan(kind, number % 3, after: number * 0.1))], runs);

        Assert.InRange(slowest[0], 0, 50);
        Assert.InRange(slowest[1], 100, 6000);
        Assert.InRange(slowest[2], 0, 50);
    }

    [Theory]
    [InlineData(SimulationFaults.Crashes)]
    [InlineData(SimulationFaults.Pauses)]
    [InlineData(SimulationFaults.Partitions)]
    [InlineData(SimulationFaults.BadNetwork)]
    [InlineData(SimulationFaults.SlowDisks)]
    [InlineData(SimulationFaults.FullDisks)]
    public void Fault_that_ends_leaves_what_a_longer_one_of_its_kind_has_broken(SimulationFaults kind)
    {
        PlannedFault[][] plans =
        [
            [Plan(kind, 0) with { Lasts = TimeSpan.FromSeconds(3) }, Plan(kind, 0, after: 1.5)],
            [Plan(kind, 0, after: 1.5), Plan(kind, 0, after: 1.8) with { Lasts = TimeSpan.FromSeconds(1.2) }],
        ];

        foreach (var plan in plans)
        {
            var isBroken = Watch(kind, plan, duration: 8);

            Assert.All(isBroken.Where(each => each.At is > 5.9 and < 6.9), each => Assert.True(each.IsBroken, $"at {each.At}"));
            Assert.All(isBroken.Where(each => each.At > 7.1), each => Assert.False(each.IsBroken, $"at {each.At}"));
        }
    }

    [Theory]
    [InlineData(SimulationFaults.Crashes, PartitionShape.Whole)]
    [InlineData(SimulationFaults.Pauses, PartitionShape.Whole)]
    [InlineData(SimulationFaults.Partitions, PartitionShape.Whole)]
    [InlineData(SimulationFaults.Partitions, PartitionShape.Flapping)]
    [InlineData(SimulationFaults.BadNetwork, PartitionShape.Whole)]
    [InlineData(SimulationFaults.SlowDisks, PartitionShape.Whole)]
    [InlineData(SimulationFaults.FullDisks, PartitionShape.Whole)]
    internal void Nothing_is_broken_after_all_faults_are_mended(SimulationFaults kind, PartitionShape shape)
    {
        // One is to begin after the mend. A partition that flaps is between two cuts by then, which it makes at 4.0 s, 4.2 s and so on.
        const double Mended = 5.15;
        var isBroken = Watch(kind, [Plan(kind, 0) with { Shape = shape }, Plan(kind, 0, after: 1.5)], Mended);

        Assert.Contains(isBroken, each => each.At < Mended && each.IsBroken);
        Assert.All(isBroken.Where(each => each.At > Mended), each => Assert.False(each.IsBroken, $"at {each.At}"));
    }

    [Fact]
    public void Fault_of_the_leader_hits_the_node_that_leads()
    {
        for (var other = 0; other < 3; other++)
        {
            var (leader, hit) = (-1, -1);
            RaftSimulation.Of(simulation => simulation
                .Actor(_ => new Sums())
                .For(TimeSpan.FromSeconds(8))
                .Always("look", view =>
                {
                    var nodes = Enumerable.Range(0, view.Nodes);
                    hit = hit >= 0 ? hit : nodes.Where(node => !view.IsUp(node)).FirstOrDefault(-1);
                    leader = hit >= 0 ? leader : nodes.Where(node => view.Status(node)?.Role == RaftRole.Leader).FirstOrDefault(leader);
                    return true;
                }))
                .RunOnce(new World(seed: 1), [Plan(SimulationFaults.Crashes, other) with { IsOfLeader = true }]);

            Assert.InRange(hit, 0, 2);
            Assert.Equal(leader, hit);
        }
    }

    [Fact]
    public void Clock_step_moves_the_time_of_day_and_not_the_measured_time()
    {
        Assert.Equal(0, LargestStep(SimulationFaults.All & ~SimulationFaults.ClockSteps), 1.0);
        Assert.InRange(LargestStep(SimulationFaults.ClockSteps), 1, 15);
    }

    // The leader is one node, too.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Clock_of_one_node_steps_forward_and_back(int nodes)
    {
        var plan = PlannedFault.Plan(seed: 1, SimulationFaults.ClockSteps, nodes, TimeSpan.FromMinutes(1));

        Assert.Contains(plan, fault => fault.Nodes.Length == 1 && fault.Step > TimeSpan.Zero);
        Assert.Contains(plan, fault => fault.Nodes.Length == 1 && fault.Step < TimeSpan.Zero);
    }

    [Theory]
    [InlineData(PartitionShape.Whole, "0>1 0>2 1>0 2>0")]
    [InlineData(PartitionShape.Flapping, "0>1 0>2 1>0 2>0")]
    [InlineData(PartitionShape.Inbound, "1>0 2>0")]
    [InlineData(PartitionShape.Outbound, "0>1 0>2")]
    [InlineData(PartitionShape.Bridged, "0>2 2>0")]
    internal void Shape_of_a_partition_decides_the_directions_that_it_cuts(PartitionShape shape, string directions)
    {
        PlannedFault partition = new(SimulationFaults.Partitions, default, default, IsOfLeader: false, [0], shape);

        Assert.Equal(directions, string.Join(' ', partition.Directions(3).Select(each => $"{each.From}>{each.To}").Order()));
    }

    // A fault from 4 s, or later, to 6 s.
    private static PlannedFault Plan(SimulationFaults kind, int node, double after = 0) => new(
        kind, TimeSpan.FromSeconds(4 + after), TimeSpan.FromSeconds(2 - after), IsOfLeader: false, [node], PartitionShape.Whole);

    // When n1 was looked at, in seconds, and whether a fault of this kind had broken it or its network.
    private static List<(double At, bool IsBroken)> Watch(SimulationFaults kind, PlannedFault[] plan, double duration)
    {
        List<(double At, bool IsBroken)> seen = [];
        World world = new(seed: 1);
        using SimulationRun run = new(world, 3, [new PlannedActor("sums", _ => new Sums(), Shard: null)], Config.Empty, _ => { });
        run.Run(plan, TimeSpan.FromSeconds(duration), 1, client => client.Delay(TimeSpan.FromSeconds(8)), [("look", _ => Look())], []);
        return seen;

        bool Look()
        {
            var node = run.Nodes[0];
            seen.Add((world.Now.TotalSeconds, kind switch
            {
                SimulationFaults.Crashes => node.System is null,
                SimulationFaults.Pauses => node.IsPaused,
                SimulationFaults.Partitions => run.Network.IsCut("n1", "n2"),
                SimulationFaults.BadNetwork => run.Network.IsBad,
                SimulationFaults.SlowDisks => node.HasSlowDisk,
                _ => node.Disk.Capacity < long.MaxValue,
            }));
            return true;
        }
    }

    // In milliseconds: of the appends that began before 4 s, from then on, and after 10 s, when the group has recovered.
    private static double[] SlowestAppends(IReadOnlyList<PlannedFault> plan, int runs)
    {
        var slowest = new double[3];
        for (var seed = 1; seed <= runs; seed++)
        {
            RaftSimulation.Of(simulation => simulation
                .Actor(_ => new Sums())
                .For(TimeSpan.FromSeconds(14))
                .Clients(1, async client =>
                {
                    await SumsWorkload.AddAsync(client, 1);
                    while (client.Now < TimeSpan.FromSeconds(14))
                    {
                        var begun = client.Now;
                        await SumsWorkload.AddAsync(client, 1);
                        var phase = begun.TotalSeconds switch { < 3.9 => 0, < 10 => 1, _ => 2 };
                        slowest[phase] = Math.Max(slowest[phase], (client.Now - begun).TotalMilliseconds);
                        await client.Delay(TimeSpan.FromMilliseconds(20));
                    }
                }))
                .RunOnce(new World(seed), plan);
        }

        return slowest;
    }

    // Of the time of day against the measured time, on any node, in seconds.
    private static double LargestStep(SimulationFaults kinds)
    {
        List<Ticker> tickers = [];
        RaftSimulation.Run(2, simulation => simulation
            .Faults(kinds)
            .Actor(_ =>
            {
                Ticker ticker = new();
                tickers.Add(ticker);
                return ticker;
            }));
        return tickers.Max(ticker => ticker.LargestStep.TotalSeconds);
    }

    /// <summary>The only founder of its group, on each node.</summary>
    private sealed class Alone(int node) : RaftActor<int>(new RaftOptions<int> { Roster = [$"actor@n{node + 1}"] })
    {
        protected override object? HandleAppend(Entry<int> entry) => null;
    }

    private sealed class Ticker : RaftActor<int>, IWithTimers
    {
        private (DateTimeOffset TimeOfDay, TimeSpan Measured)? _before;

        public Ticker() => Receive<string>(_ =>
        {
            var scheduler = Context.System.Scheduler;
            var now = (scheduler.Now, scheduler.MonotonicClock);
            if (_before is { } before)
            {
                var step = (now.Now - before.TimeOfDay - (now.MonotonicClock - before.Measured)).Duration();
                LargestStep = step > LargestStep ? step : LargestStep;
            }

            _before = now;
        });

        public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

        public TimeSpan LargestStep { get; private set; }

        protected override object? HandleAppend(Entry<int> entry) => null;

        protected override void PreStart()
        {
            base.PreStart();
            Timers.StartPeriodicTimer("tick", "tick", TimeSpan.FromMilliseconds(100));
        }
    }
}
