using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>What a simulation promises to its user.</summary>
public sealed class RaftSimulationTests
{
    [Fact]
    public void Same_seed_gives_the_same_run_and_another_seed_another_one()
    {
        var runs = new long[] { 2, 2, 3 }.Select(RunSums).ToList();

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0].Hash, runs[2].Hash);
        Assert.All(runs, run => Assert.True(run is { Pairs: > 20, Messages: > 500, Faults: > 3 }, $"{run}"));
    }

    [Fact]
    public void Run_that_fails_names_its_seed_the_fewest_faults_and_the_last_events()
    {
        // It needs one crash and nothing else.
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => NoNodeStartsTwice(simulation)
            .Clients(1, client => SumsWorkload.AddAsync(client, 10))));

        Assert.Matches("^Seed 1 fails: at [0-9.]+ s 'no node starts twice' does not hold\\.\nIt takes these faults:\n", failure.Message);
        var faults = failure.Message.Split('\n').SkipWhile(line => !line.StartsWith("It takes", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line != "What happened:");
        Assert.Contains("Crashes of ", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Contains("fault: Crashes of n", failure.Message, StringComparison.Ordinal);
        Assert.Contains("AppendEntries", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_that_fails_keeps_the_faults_without_which_it_fails_in_another_way()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => NoNodeStartsTwice(simulation)
            .Clients(1, async client =>
            {
                await client.Delay(TimeSpan.FromSeconds(20));
                throw new FormatException("the program's own");
            })));

        Assert.Contains("'no node starts twice' does not hold", failure.Message, StringComparison.Ordinal);
        Assert.Matches("\nIt takes these faults:\n.*Crashes of ", failure.Message);
    }

    [Fact]
    public void Program_that_fails_fails_the_simulation_with_its_cause()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => simulation
            .Actor(_ => new Sums())
            .Faults(SimulationFaults.None)
            .Clients(1, _ => throw new FormatException("the program's own"))));

        Assert.Contains("a program failed: the program's own", failure.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(failure.InnerException);
    }

    [Fact]
    public void Program_that_leaves_the_simulations_thread_is_stopped_and_the_place_is_named()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => simulation
            .Actor(_ => new Sums())
            .Faults(SimulationFaults.None)
            .Clients(1, LeaveAsync)));

        Assert.Contains("another thread", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Message.Contains(nameof(RaftSimulationTests), StringComparison.Ordinal), failure.Message);

        static async Task LeaveAsync(SimulatedClient client)
        {
            await using var sums = client.CreateClient<int, int>();
            using ManualResetEventSlim hasLeft = new();
            while (true)
            {
                hasLeft.Reset();
                var outside = Task.Run(() =>
                {
                    try
                    {
                        return sums.AppendAsync("a", 1);
                    }
                    finally
                    {
                        hasLeft.Set();
                    }
                });
                hasLeft.Wait();
                await outside;
            }
        }
    }

    [Fact]
    public void Run_that_depends_on_the_machine_is_stopped_and_the_places_are_named()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => simulation
            .Actor(_ => new Sums())
            .Faults(SimulationFaults.None)
            .Clients(1, async client =>
            {
                await using var sums = client.CreateClient<int, int>();
                await sums.AppendAsync($"{Guid.NewGuid()}", 1);
            })));

        Assert.Matches("^Seed 1 cannot be repeated: .* at [0-9.]+ s a turn of ", failure.Message);
        Assert.Contains(
            $"{nameof(Run_that_depends_on_the_machine_is_stopped_and_the_places_are_named)} calls Guid.NewGuid",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Replicas_that_differ_are_stopped_at_the_first_bad_serial_and_the_place_is_named()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(2, simulation => simulation
            .Actor(_ => new Clocked())
            .Clients(1, async client =>
            {
                await using var clocked = client.CreateClient<int, long>();
                for (var pair = 1; pair <= 5; pair++)
                {
                    await clocked.AppendAsync("a", pair);
                }
            })));

        Assert.Matches(
            "^Seed 2 fails: HandleAppend returned '[0-9]{18}' on n[123] and '[0-9]{18}' on n[123] for serial 3 \\('a'\\), so their "
            + "states may differ for good\\.\nThese places may be the cause:\n  Clocked.HandleAppend calls DateTime.Now\n",
            failure.Message);
    }

    [Fact]
    public void Two_programs_of_one_actor_with_other_rules_are_stopped_by_the_digest_of_their_states()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => simulation
            .Actor(node => new Ruled(added: node == 2 ? 1 : 0))
            .Faults(SimulationFaults.None)
            .Clients(1, async client =>
            {
                await using var ruled = client.CreateClient<int, int>();
                await ruled.AppendAsync("a", 1);
            })));

        Assert.StartsWith(
            "Seed 1 fails: the actors differ in serials 1 to 1: actor@n1, actor@n2 and actor@n3 (the first side is the majority).",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SimulationFaults.None)]
    [InlineData(SimulationFaults.All)]
    public void Actors_that_are_held_at_a_pair_fail_the_simulation_and_the_exception_is_named(SimulationFaults faults)
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => Poison(simulation).Faults(faults)));

        Assert.Matches(
            "^Seed 1 fails: at [0-9.]+ s actor@n1 has not applied all committed pairs 00:01:00 after the programs: its actor is held at "
                + "serial [0-9]+, because HandleAppend fails\\. .*the actor's own",
            failure.Message);
    }

    [Fact]
    public void Actors_that_cannot_restore_a_snapshot_fail_the_simulation()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(3, simulation => simulation
            .Actor(_ => new Forgetful())
            .Config("raft.snapshot { after-entries = 12, retained-entries = 4 }")
            .Faults(SimulationFaults.Crashes)
            .Clients(1, AddAsync)));

        Assert.Contains("because RestoreSnapshot fails. ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Simulation_may_allow_that_actors_are_held() =>
        RaftSimulation.Run(1, simulation => Poison(simulation).Faults(SimulationFaults.None).AllowUndelivered());

    [Fact]
    public void Run_does_not_depend_on_listeners_of_metrics_and_traces()
    {
        var alone = RunSums(2);
        using ActivityListener traces = new()
        {
            ShouldListenTo = source => source.Name.StartsWith("RaftActors", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(traces);
        using MeterListener metrics = new();
        metrics.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name.StartsWith("RaftActors", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        metrics.Start();

        Assert.Equal(alone, RunSums(2));
    }

    [Fact]
    public void Condition_that_must_hold_in_the_end_has_time_to_hold()
    {
        var asked = 0;
        Assert.Throws<SimulationException>(() => RaftSimulation.Run(1, simulation => simulation
            .Actor(_ => new Sums())
            .Faults(SimulationFaults.None)
            .For(TimeSpan.FromSeconds(1))
            .Eventually("never", _ => asked++ < 0)));
        Assert.True(asked > 10, $"asked {asked} times");
    }

    [Fact]
    public void Faults_that_are_not_wanted_do_not_happen()
    {
        var result = RaftSimulation.Run(1, simulation => NoNodeStartsTwice(simulation)
            .Faults(SimulationFaults.None)
            .Clients(2, client => SumsWorkload.AddAsync(client, 10)));

        Assert.Equal(0, result.Faults);
        Assert.Equal(20, result.Pairs);
    }

    /// <summary>While its disk is full, a node has an actor that waits for its store.</summary>
    [Fact]
    public void Condition_sees_only_actors_that_have_started() => RaftSimulation.Run(13, simulation => simulation
        .Actor(_ => new Follower())
        .Faults(SimulationFaults.Crashes | SimulationFaults.FullDisks)
        .Always("all actors can be asked", view => view.Actors<Follower>().All(actor => actor.Sees is var _))
        .Clients(1, AddAsync));

    private static SimulationResult RunSums(long seed) => RaftSimulation.Run(seed, simulation => SumsWorkload.SetUp(seed, simulation));

    private static RaftSimulation NoNodeStartsTwice(RaftSimulation simulation)
    {
        var starts = 0;
        return simulation
            .Actor(_ =>
            {
                starts++;
                return new Sums();
            })
            .Always("no node starts twice", view => starts <= view.Nodes);
    }

    private static RaftSimulation Poison(RaftSimulation simulation) => simulation.Actor(_ => new Poisoned()).Clients(1, AddAsync);

    // As programs do that accept an unknown outcome.
    private static async Task AddAsync(SimulatedClient client)
    {
        await using var group = client.CreateClient<int, int>();
        for (var pair = 1; pair <= 30; pair++)
        {
            await group.AppendAsync("a", pair, TimeSpan.FromMilliseconds(500));
        }
    }

    private sealed class Follower : RaftActor<int, int>
    {
        public Leader? Sees => Group.Leader;

        protected override int HandleAppend(Entry<int> entry) => entry.Value;
    }

    private sealed class Poisoned : RaftActor<int, int>
    {
        protected override int HandleAppend(Entry<int> entry) =>
            entry.Value == 5 ? throw new InvalidOperationException("the actor's own") : entry.Value;
    }

    private sealed class Forgetful : RaftActor<int, int>, IRaftSnapshot<int>
    {
        private int _sum;

        public int TakeSnapshot(Serial serial) => _sum;

        public void RestoreSnapshot(Serial serial, int state) => throw new InvalidOperationException("the actor's own");

        protected override int HandleAppend(Entry<int> entry) => _sum += entry.Value;
    }

    private sealed class Clocked : RaftActor<int, long>
    {
        protected override long HandleAppend(Entry<int> entry) => entry.Value == 3 ? DateTime.Now.Ticks : entry.Value;
    }

    private sealed class Ruled(int added) : RaftActor<int, int>
    {
        private int _sum;

        protected override int HandleAppend(Entry<int> entry)
        {
            _sum += entry.Value + added;
            return 0;
        }

        protected override ulong? HandleDigest() => (ulong)_sum;
    }
}
