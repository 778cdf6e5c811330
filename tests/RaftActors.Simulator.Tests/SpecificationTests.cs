using RaftActors.Simulator.Specification;

namespace RaftActors.Simulator.Tests;

/// <summary>The executable specification (docs/spec) judges Core: its traces are replayed on real Cores.</summary>
public sealed class SpecificationTests
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "traces.jsonl.gz");

    [Fact]
    public void Cores_have_the_state_of_the_specification_after_each_step()
    {
        using var file = System.IO.File.OpenRead(File);
        var traces = SpecifiedStep.ReadTraces(file);

        Assert.True(traces.Count >= 100);
        Assert.All(traces, trace => Assert.Null(SpecificationReplay.FirstDifference(trace)));
    }

    [Fact]
    public void All_planted()
    {
        var folder = Path.Combine(MutantCompiler.FindRoot(), "tests", "RaftActors.Simulator", "mutants");
        var compiler = MutantCompiler.OfCore(MutantCompiler.FindRoot());
        var lines = new List<string>();
        foreach (var mutant in Mutant.ReadAll(folder))
        {
            string result;
            try { result = compiler.Replay(mutant, File) is var (trace, difference) ? $"{trace} {difference.Split('\n')[0]}" : "-"; }
            catch (Exception e) { result = "ERR " + e.InnerException?.Message + e.Message; }
            System.IO.File.AppendAllText("/tmp/planted.txt", $"{mutant.Name} | {result}\n");
        }
    }
}
