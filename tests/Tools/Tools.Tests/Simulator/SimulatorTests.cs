using System.Globalization;

namespace RaftActors.Simulator.Tests;

/// <summary>A few seeds with each kind of fault. The simulator itself runs thousands.</summary>
public sealed class SimulatorTests
{
    /// <summary>Seeds that found a violation in the past: the first word of each line.</summary>
    public static TheoryData<ulong> Regressions =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "regressions.txt"))
            .Where(line => line.Length > 0 && char.IsDigit(line[0]))
            .Select(line => ulong.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)),
    ];

    [Fact]
    public void Groups_stay_safe_under_faults_and_converge_after_them()
    {
        for (var seed = 1; seed <= Share.Of(test: 10, ci: 20, whole: 20); seed++)
        {
            AssertHolds(SeedResult.Of((ulong)seed, FaultSet.All));
        }
    }

    [Fact]
    public void Groups_on_real_stores_stay_safe_under_power_loss_and_converge_after_it()
    {
        for (var seed = 1; seed <= Share.Of(test: 6, ci: 20, whole: 20); seed++)
        {
            AssertHolds(SeedResult.Of((ulong)seed, FaultSet.All, disks: StoredDisk.Make));
        }
    }

    [Fact]
    public void A_seed_on_real_stores_gives_the_same_run_twice()
    {
        for (var seed = 1; seed <= Share.Of(test: 1, ci: 2, whole: 2); seed++)
        {
            Assert.Null(SeedResult.Twice((ulong)seed, FaultSet.All, StoredDisk.Make).Violation);
        }
    }

    [Theory]
    [MemberData(nameof(Regressions))]
    public void A_regression_seed_finds_no_violation(ulong seed) => AssertHolds(SeedResult.Of(seed, FaultSet.All));

    [Fact]
    public void A_seed_gives_the_same_run_twice()
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            Assert.Equal(SeedResult.Of(seed, FaultSet.All).TraceHash, SeedResult.Of(seed, FaultSet.All).TraceHash);
        }
    }

    [Fact]
    public void A_schedule_is_shrunk_to_the_events_that_are_needed()
    {
        List<FaultEvent> events = [.. Enumerable.Range(1, 40).Select(i => new FaultEvent(i, (FaultKind)(i % 5), i, 0, 0))];

        var rest = Shrinker.Shrink(events, some => some.Exists(one => one.Number == 7) && some.Exists(one => one.Number == 31));

        Assert.Equal([7, 31], rest.Select(one => one.Number));
    }

    [Fact]
    public void A_failing_seed_prints_the_violation_and_the_command_that_repeats_it()
    {
        List<FaultEvent> events = [.. Enumerable.Range(1, 9).Select(i => new FaultEvent(i, FaultKind.Crash, i * 1000, 2000, 0))];
        var result = new SeedResult(17, new Violation("leader", "term 3 has two leaders"), new Totals(), 0, events);
        var output = new StringWriter { NewLine = "\n" };

        OneSeed.Report(result, FaultSet.All.Without(FaultKind.Join), null, output, some => some.Exists(one => one.Number == 4));

        Assert.Equal(
            """
            seed 17 FAILS: leader: term 3 has two leaders
              repeat: --seed 17 --faults all,-join
              of 9 events these are enough: --seed 17 --faults all,-join --only 4 --trace
                  4. at     4: Crash for 2 ticks

            """,
            output.ToString());
    }

    private static void AssertHolds(SeedResult result) =>
        Assert.True(result.Violation is null, $"seed {result.Seed}: {result.Violation?.Checker}: {result.Violation?.Message}");
}
