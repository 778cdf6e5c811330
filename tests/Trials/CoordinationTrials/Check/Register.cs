namespace CoordinationTrials.Check;

/// <summary>
/// The resource outside of the cluster. It refuses a token that is lower than the highest that it has seen, and accepts all writes without
/// a token. Thread-safe.
/// </summary>
public sealed class Register
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Write>> _accepted = [];
    private readonly Dictionary<string, long> _highest = [];
    private readonly WriteCheck _check = new();

    /// <summary>The number of accepted writes.</summary>
    public int Accepted => Locked(() => _accepted.Values.Sum(writes => writes.Count));

    /// <summary>The number of refused writes.</summary>
    public int Refused { get; private set; }

    /// <summary>What <see cref="WriteCheck"/> has found in the accepted writes.</summary>
    public IReadOnlyList<string> Problems => Locked<IReadOnlyList<string>>(() => [.. _check.Problems]);

    /// <summary>Accepts a write, or refuses it.</summary>
    public void Add(Write write)
    {
        lock (_lock)
        {
            var highest = _highest.GetValueOrDefault(write.Resource);
            if (write.Token < highest)
            {
                Refused++;
                return;
            }

            _highest[write.Resource] = write.Token ?? highest;
            _check.Add(write);
            if (!_accepted.TryGetValue(write.Resource, out var writes))
            {
                _accepted.Add(write.Resource, writes = []);
            }

            writes.Add(write);
        }
    }

    /// <summary>The latest accepted write of a resource; null: there is none.</summary>
    public Write? Latest(string resource) => Locked(() => _accepted.GetValueOrDefault(resource)?[^1]);

    /// <summary>The last write before another node took over, and the first one of that node; null: none has.</summary>
    /// <param name="isOld">The numbers of the nodes from which it takes over.</param>
    /// <param name="since">Ignores takeovers before this time.</param>
    public (Write Last, Write First)? Takeover(string resource, Func<int, bool> isOld, long since) => Locked(() =>
    {
        var writes = _accepted.GetValueOrDefault(resource) ?? [];
        var start = writes.FindLastIndex(write => write.At < since) + 1;
        var at = writes.FindIndex(start, write => !isOld(write.Node));
        return at > 0 ? (writes[at - 1], writes[at]) : default((Write, Write)?);
    });

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
