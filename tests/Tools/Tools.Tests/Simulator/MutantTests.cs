namespace RaftActors.Simulator.Tests;

public sealed class MutantTests
{
    // .ci/run also compiles the bugs and looks for one in the actors, because a compilation takes seconds of processor time.
    private static readonly bool IsWhole = Share.Of(test: 0, ci: 1, whole: 1) > 0;

    private static readonly Lazy<MutantCompiler> OfActors = new(() => MutantCompiler.OfActors(MutantCompiler.FindRoot()));

    /// <summary>One bug for each checker that seeds show to find one.</summary>
    [Theory]
    [InlineData("votes twice", "vote")]
    [InlineData("takes a pre-vote for a vote", "leader")]
    [InlineData("answers before the disk", "acknowledgement")]
    [InlineData("commits on a minority", "majority")]
    [InlineData("commits entries of older terms", "own term")]
    [InlineData("commits beyond the matching entries", "state machine")]
    [InlineData("makes two changes at a time", "membership")]
    [InlineData("lets a learner vote that lags", "exchange")]
    [InlineData("answers reads without a round", "stale read")]
    [InlineData("does not fill the sessions from the log", "requests")]
    [InlineData("does not remember committed keys", "keys")]
    [InlineData("a snapshot holds the sessions of the commit index", "sessions")]
    [InlineData("keeps a log that conflicts with the snapshot", "snapshot")]
    [InlineData("discards entries that no snapshot covers", "write")]
    [InlineData("does not raise its boot number", "fence")]
    [InlineData("evicts entries that are not delivered", "eviction")]
    public void A_planted_bug_is_found(string name, string checker)
    {
        var found = BugsOfCore.Compiler.Run(BugsOfCore.Named(name), 1, 100);

        Assert.Equal(checker, found?.Checker);
    }

    [Fact]
    public void Every_planted_bug_of_Core_compiles() => AssertCompile(BugsOfCore.Compiler, BugsOfCore.All);

    [Fact]
    public void Every_planted_bug_of_the_actors_fits_its_source()
    {
        var folder = Path.Combine(MutantCompiler.FindRoot(), "tests", "Tools", "Simulator", "mutants", "actors");
        var mutants = Mutant.ReadAll(folder);
        AssertFit(OfActors.Value, [.. mutants, .. Mutant.ReadAll(Path.Combine(folder, "unit-tests"))]);
        if (IsWhole)
        {
            var found = OfActors.Value.Run(mutants.Single(one => one.Name == "all clients are one origin"), 1, 10, workload: "sums");
            Assert.Equal("what callers were told to be committed is added", found?.Checker);
        }
    }

    [Theory]
    [InlineData("coordination")]
    [InlineData("coordination/unit-tests")]
    [InlineData("demos")]
    [InlineData("persistence")]
    public void Every_planted_bug_of_the_other_workloads_fits_its_source(string part)
    {
        var root = MutantCompiler.FindRoot();
        var folder = Path.Combine(root, "tests", "Tools", "Simulator", "mutants", "actors", part);
        var compiler = part switch
        {
            "demos" => MutantCompiler.OfDemos(root),
            "persistence" => MutantCompiler.OfPersistence(root),
            _ => MutantCompiler.OfCoordinationOfActors(root),
        };
        AssertFit(compiler, Mutant.ReadAll(folder));
        if (IsWhole)
        {
            Assert.Null(compiler.Run(Mutant.None, 1, 1, workload: part switch { "demos" => null, _ => part.Split('/')[0] }));
        }
    }

    // Each line that a bug changes is there once.
    private static void AssertFit(MutantCompiler compiler, List<Mutant> mutants)
    {
        compiler.DemandLines(mutants);
        if (IsWhole)
        {
            AssertCompile(compiler, mutants);
        }
    }

    private static void AssertCompile(MutantCompiler compiler, List<Mutant> mutants)
    {
        Assert.All(mutants, mutant =>
        {
            Assert.NotEmpty(mutant.Patches);
            Assert.All(mutant.Patches, patch => Assert.NotEqual(patch.Before, patch.After));
        });
        Assert.Empty(compiler.Errors(mutants));
    }
}
