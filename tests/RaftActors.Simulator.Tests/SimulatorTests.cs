using System.Globalization;

namespace RaftActors.Simulator.Tests;

public sealed class SimulatorTests
{
    private static readonly Lazy<MutantCompiler> Compiler = new(() => new MutantCompiler(MutantCompiler.FindRoot()));

    /// <summary>Seeds that found a violation in the past: the first word of each line.</summary>
    public static TheoryData<ulong> Regressions =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "regressions.txt"))
            .Where(line => line.Length > 0 && char.IsDigit(line[0]))
            .Select(line => ulong.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(26)]
    [InlineData(51)]
    [InlineData(76)]
    public void Groups_stay_safe_under_faults_and_converge_after_them(int first)
    {
        for (var seed = (ulong)first; seed < (ulong)first + 25; seed++)
        {
            AssertHolds(SeedResult.Of(seed, FaultSet.All));
        }
    }

    [Fact]
    public void Groups_on_real_stores_stay_safe_under_power_loss_and_converge_after_it()
    {
        for (var seed = 1UL; seed <= 25; seed++)
        {
            AssertHolds(SeedResult.Of(seed, FaultSet.All, disks: StoredDisk.Make));
        }
    }

    [Fact]
    public void A_seed_on_real_stores_gives_the_same_run_twice()
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            Assert.Null(SeedResult.Twice(seed, FaultSet.All, StoredDisk.Make).Violation);
        }
    }

    [Theory]
    [MemberData(nameof(Regressions))]
    public void A_regression_seed_finds_no_violation(ulong seed) => AssertHolds(SeedResult.Of(seed, FaultSet.All));

    [Fact]
    public void A_seed_gives_the_same_run_twice()
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            Assert.Equal(SeedResult.Of(seed, FaultSet.All).TraceHash, SeedResult.Of(seed, FaultSet.All).TraceHash);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_quorum_that_heals_commits_more_of_the_time_than_a_fixed_one(int voters)
    {
        AvailabilityCount fixedOnes = default, healing = default;
        for (var seed = 1UL; seed <= 4; seed++)
        {
            fixedOnes += AvailabilityTrial.Run(seed, voters, keepsQuorum: false, TimeSpan.FromMinutes(30));
            healing += AvailabilityTrial.Run(seed, voters, keepsQuorum: true, TimeSpan.FromMinutes(30));
        }

        Assert.True(healing.WithCommit > fixedOnes.WithCommit, $"healing {healing}, fixed {fixedOnes}");
        Assert.Equal((0, fixedOnes.Intervals), (fixedOnes.Changes, healing.Intervals));
        Assert.InRange(healing.Changes, 1, long.MaxValue);
    }

    [Theory]
    [InlineData("votes twice", "vote")]
    [InlineData("answers before the disk", "acknowledgement")]
    [InlineData("makes two changes at a time", "membership")]
    public void A_planted_bug_is_found(string name, string checker)
    {
        var folder = Path.Combine(MutantCompiler.FindRoot(), "tests", "RaftActors.Simulator", "mutants");
        var mutant = Mutant.ReadAll(folder).Single(one => one.Name == name);

        var found = Compiler.Value.Run(mutant, 1, 100);

        Assert.Equal(checker, found?.Checker);
    }

    [Fact]
    public void Every_planted_bug_compiles()
    {
        var folder = Path.Combine(MutantCompiler.FindRoot(), "tests", "RaftActors.Simulator", "mutants");
        List<Mutant> mutants = [.. Mutant.ReadAll(folder), .. Mutant.ReadAll(Path.Combine(folder, "unit-tests"))];

        Assert.All(mutants, mutant =>
        {
            Assert.NotEmpty(mutant.Patches);
            Assert.All(mutant.Patches, patch => Assert.NotEqual(patch.Before, patch.After));
            Assert.Empty(Compiler.Value.Errors(mutant));
        });
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
