using BenchmarkDotNet.Attributes;

namespace RaftActors.Benchmarks;

/// <summary>Measures a leader's time for a committed entry: proposal, write, replies, commit, and a snapshot every 4096 entries.</summary>
[MemoryDiagnoser]
public class CommitBenchmarks
{
    internal const int Entries = 32_768;

    private Leader _leader = null!;

    /// <summary>Number of followers.</summary>
    [Params(2, 4)]
    public int Followers { get; set; }

    /// <summary>Pairs in one proposal.</summary>
    [Params(1, 16, 256)]
    public int Batch { get; set; }

    /// <summary>Starts a leader and warms it up, until its code is fully compiled.</summary>
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

    /// <summary>Prepares the inputs outside the measured time.</summary>
    [IterationSetup]
    public void Prepare() => _leader.Prepare(Entries);

    /// <summary>Commits the entries. The result is per entry.</summary>
    [Benchmark(OperationsPerInvoke = Entries)]
    public long Commit()
    {
        var committed = _leader.Run();
        return committed == Entries ? committed : throw new InvalidOperationException($"{committed} of {Entries} entries were committed.");
    }
}
