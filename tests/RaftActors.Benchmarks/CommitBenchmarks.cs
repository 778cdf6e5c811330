using BenchmarkDotNet.Attributes;

namespace RaftActors.Benchmarks;

/// <summary>What a committed entry costs a leader: propose, write, answers, commit, and a snapshot now and then.</summary>
[MemoryDiagnoser]
public class CommitBenchmarks
{
    internal const int Entries = 32_768;

    private Leader _leader = null!;

    /// <summary>Processes that it replicates to.</summary>
    [Params(2, 4)]
    public int Followers { get; set; }

    /// <summary>Pairs in one proposal.</summary>
    [Params(1, 16, 256)]
    public int Batch { get; set; }

    /// <summary>A leader that has been at it for so long that its code is compiled as well as it will be.</summary>
    [GlobalSetup]
    public void Begin()
    {
        _leader = new Leader(Followers, Batch);
        for (var rounds = 0; rounds < 50; rounds++)
        {
            Prepare();
            Commit();
        }
    }

    /// <summary>The inputs are made beforehand.</summary>
    [IterationSetup]
    public void Prepare() => _leader.Prepare(Entries);

    /// <summary>Per entry.</summary>
    [Benchmark(OperationsPerInvoke = Entries)]
    public long Commit()
    {
        var committed = _leader.Run();
        return committed == Entries ? committed : throw new InvalidOperationException($"{committed} of {Entries} entries were committed.");
    }
}
