using RaftActors.Simulator;
using RaftActors.Testing.History;

namespace RaftActors.Matrix.Tests;

public sealed class MatrixTests
{
    private const string Project = "RaftActors.Testing";

    // A compilation takes seconds of processor time, so .ci/run alone makes it.
    [Fact]
    public void A_class_fails_with_a_bug_and_passes_while_the_bug_is_off()
    {
        if (Share.Of(test: 0, ci: 1, whole: 1) == 0)
        {
            return;
        }

        var (root, built) = (MutantCompiler.FindRoot(), AppContext.BaseDirectory);
        var canary = new LinePatch($"src/{Project}/History/OperationHistory.cs", "_operations.Add(operation);", "_ = operation;");
        var bug = new PlantedBug(1, Project, Project, "canary", new Mutant("forgets operations", "", [canary]) { Origin = "" });
        var image = new PlantedProject(root, Project, built).Plant([bug], out var alone);
        using var folder = new TemporaryFolder();
        var images = new Dictionary<string, byte[]> { [Project] = image };
        using var tests = new ChildTests(root, built, folder.Path, typeof(MatrixTests).Assembly.GetName().Name!, images);

        ClassRun Run(int number) => tests.Run(number, typeof(MatrixCanaryTests).FullName!, failuresMax: 1, TimeSpan.FromMinutes(1));

        Assert.Empty(alone);
        Assert.Equal((false, 1), (Run(0).HasFailed, Assert.Single(Run(0).Reached)));
        Assert.Equal(nameof(MatrixCanaryTests.A_wrong_answer_is_a_fault), Assert.Single(Run(1).Failed).Test);
        Assert.False(Run(0).HasFailed);
    }

    [Fact]
    public void Every_bug_fits_its_source()
    {
        var root = MutantCompiler.FindRoot();

        Assert.All(BugLists.Read(root), bug => Assert.All(
            bug.Mutant.Patches, patch => Assert.NotEqual("", patch.Apply(File.ReadAllText(Path.Combine(root, patch.File))))));
    }
}

/// <summary>The class that <see cref="MatrixTests"/> runs with a bug.</summary>
public sealed class MatrixCanaryTests
{
    [Fact]
    public void A_wrong_answer_is_a_fault()
    {
        var history = new OperationHistory<int, int>();
        history.Ok(history.Invoke(1, 2), 3);

        Assert.NotNull(history.FindFault(new Echo()));
    }

    private sealed class Echo : SequentialModel<int, int, int>
    {
        public override int Initial => 0;

        public override bool TryStep(int state, int input, Operation<int, int> operation, out int next)
        {
            next = input;
            return operation.Allows(input);
        }
    }
}
