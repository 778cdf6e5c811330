namespace RaftActors.Fuzz.Running;

/// <summary>Mutates the inputs of one target and checks each. The seed decides all inputs.</summary>
public sealed class Campaign
{
    private const int PoolMax = 4000;

    // Each fault is often found again.
    private const int FaultsMax = 5;

    // The largest caches that readers keep for a thread, and the inputs of the pool.
    private const long GrowthMax = 64 << 20;

    private readonly Target _target;
    private readonly Random _random;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _pool = [];
    private readonly Features _features = new();
    private readonly List<Finding> _found = [];
    private int _refused;

    /// <param name="known">Inputs that earlier runs kept.</param>
    public Campaign(Target target, int seed, IEnumerable<byte[]> known)
    {
        (_target, _random) = (target, new Random(seed));
        _mutator = new Mutator(_random, _pool);
        _pool.AddRange(target.Seeds());
        _pool.AddRange(known);
    }

    /// <summary>The inputs that reached something new, with the seeds.</summary>
    public IReadOnlyList<byte[]> Pool => _pool;

    /// <summary>A number that is equal if all inputs and ends were.</summary>
    public int Fingerprint { get; private set; }

    /// <summary>Checks the seeds, and then so many mutated inputs.</summary>
    /// <param name="begin">Called before each input is read.</param>
    public CampaignResult Run(long inputs, Action<byte[]> begin, TimeSpan? limit = null)
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            begin(_pool[i]);
            Note(_pool[i], OneInput.Check(_target, _pool[i], _features), isKept: true);
        }

        var (before, start, done) = (MemoryInUse(), Environment.TickCount64, 0L);
        while (done < inputs && _found.Count < FaultsMax && !(Environment.TickCount64 - start > limit?.TotalMilliseconds))
        {
            var input = _target.Mutate(_pool[_random.Next(_pool.Count)], _mutator);
            begin(input);
            Note(input, OneInput.Check(_target, input, _features), isKept: false);
            done++;
        }

        var growth = MemoryInUse() - before;
        if (growth > GrowthMax)
        {
            _found.Add(new Finding([], $"{done} inputs leave {growth} bytes behind; at most {GrowthMax} are allowed"));
        }

        return new CampaignResult(_target.Name, done, _refused, _features.Count, _pool.Count, growth, _found);
    }

    private void Note(byte[] input, Verdict verdict, bool isKept)
    {
        _refused += verdict.Refusal is null || isKept ? 0 : 1;
        var hash = default(HashCode);
        hash.AddBytes(input);
        Fingerprint = HashCode.Combine(Fingerprint, hash.ToHashCode(), verdict.Refusal is null, verdict.IsNew);
        if (verdict.Fault is not null)
        {
            if (!_found.Exists(each => Fault.SiteOf(each.Fault) == Fault.SiteOf(verdict.Fault)))
            {
                _found.Add(new Finding(input, verdict.Fault));
            }
        }
        else if (verdict.IsNew && !isKept)
        {
            Keep(input);
        }
    }

    private void Keep(byte[] input)
    {
        if (_pool.Count < PoolMax)
        {
            _pool.Add(input);
        }
        else
        {
            _pool[_random.Next(_pool.Count)] = input;
        }
    }

    // Without the pool.
    private long MemoryInUse() => GC.GetTotalMemory(forceFullCollection: true) - _pool.Sum(input => (long)input.Length);
}

/// <summary>An input that broke a property.</summary>
public sealed record Finding(byte[] Input, string Fault);

/// <param name="Features">Number of different ends that the inputs reached.</param>
/// <param name="Kept">Number of inputs in the pool at the end.</param>
/// <param name="Growth">Bytes that are in use after the run and were not before it.</param>
public sealed record CampaignResult(
    string Target, long Inputs, long Refused, int Features, int Kept, long Growth, IReadOnlyList<Finding> Found);
