using RaftActors.Coordination;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>What programs and actors were told about locks, the counter and the items of the coordination.</summary>
internal sealed class CoordinationBook
{
    private readonly Dictionary<string, long> _tokens = [];
    private readonly Dictionary<string, long> _versions = [];
    private readonly HashSet<long> _sums = [];
    private long _latestSum;
    private long _added;

    /// <summary>The highest sum that a call has returned.</summary>
    public long LatestSum => _latestSum;

    /// <summary>A program was told that it holds a lock.</summary>
    public void OnAcquired(RaftLock acquired)
    {
        Demand(acquired.Token > LatestOf(acquired.Name), $"{acquired.Name} has the token {acquired.Token} after {LatestOf(acquired.Name)}");
        _tokens[acquired.Name] = acquired.Token;
    }

    /// <summary>A holder is about to use what the lock guards. The later holder of a lock believed in it already.</summary>
    public void OnUse(RaftLock held)
    {
        if (held.IsHeld)
        {
            Demand(held.Token == LatestOf(held.Name), $"{held.Name} is held with {held.Token} and with {LatestOf(held.Name)}");
        }
    }

    /// <summary>An observer was told the holder of a lock.</summary>
    /// <param name="before">The token that it was told before.</param>
    public static void OnObserved(string name, long token, long before) =>
        Demand(token > before, $"an observer of {name} was told {token} after {before}");

    public void BeginAdd() => _added++;

    /// <param name="before">The latest sum when the call began.</param>
    public void EndAdd(long sum, long before)
    {
        Demand(sum > before, $"the counter is {sum} for a call that began after a call with {before} ended");
        Demand(sum <= _added, $"the counter is {sum} after {_added} calls");
        Demand(_sums.Add(sum), $"two calls were told that the counter is {sum}");
        _latestSum = Math.Max(_latestSum, sum);
    }

    /// <summary>The version of the latest write or read of an item that has ended.</summary>
    public long VersionOf(string item) => _versions.GetValueOrDefault(item);

    /// <summary>A read or write of an item has ended.</summary>
    /// <param name="before">The latest version when it began.</param>
    public void OnVersion(string item, long version, long before, bool isWrite)
    {
        Demand(isWrite ? version > before : version >= before, $"{item} has the version {version} in a call that began after {before}");
        _versions[item] = Math.Max(VersionOf(item), version);
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new SimulationException("coordination", otherwise);
        }
    }

    private long LatestOf(string name) => _tokens.GetValueOrDefault(name);
}
