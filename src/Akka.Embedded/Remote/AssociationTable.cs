using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// The associations of a transport by remote address. Peers choose addresses freely, so their number is bounded. A full table first
/// forgets associations without state, then those that were disconnected first.
/// </summary>
internal sealed class AssociationTable(TcpTransport transport)
{
    private static readonly TimeSpan TimeBetweenEvictions = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Address, Association> _associations = new();
    private readonly Lock _eviction = new();
    private TimeSpan _nextEviction;

    public int Count => _associations.Count;

    /// <summary>The maximum number of associations. A test may lower it.</summary>
    internal int CountMax { get; set; } = 10_000;

    public ICollection<Association> All => _associations.Values;

    /// <summary>
    /// Returns the association of an address. It is not forgotten at the time of the call, but may be forgotten afterwards. Of a
    /// full table it returns an association that drops all messages.
    /// </summary>
    /// <exception cref="ArgumentException">The address is local: it has no host or no port.</exception>
    public Association For(Address address)
    {
        while (true)
        {
            if (!_associations.TryGetValue(address, out var association))
            {
                if (address.HasLocalScope)
                {
                    throw new ArgumentException($"{address} has no host and port, so another actor system cannot send to it.");
                }

                if (_associations.Count >= CountMax && !TryEvict(FailureDetector.MonotonicTime()))
                {
                    return Association.Closed(transport, address);
                }

                association = _associations.GetOrAdd(address, static (key, owner) => new Association(owner, key), transport);
            }

            if (!association.IsForgotten)
            {
                return association;
            }

            Remove(association);
        }
    }

    public void Tick(TimeSpan now)
    {
        foreach (var (_, association) in _associations)
        {
            association.Tick(now);
            if (association.IsForgotten)
            {
                Remove(association);
            }
        }
    }

    private void Remove(Association association) => _associations.TryRemove(KeyValuePair.Create(association.Address, association));

    // At most once per second, because it visits all associations, and peers decide how often the table is full.
    private bool TryEvict(TimeSpan now)
    {
        lock (_eviction)
        {
            if (_associations.Count < CountMax)
            {
                return true;
            }

            if (now < _nextEviction)
            {
                return false;
            }

            _nextEviction = now + TimeBetweenEvictions;
            foreach (var (_, association) in _associations)
            {
                Evict(association, evenWithState: false);
            }

            if (_associations.Count >= CountMax)
            {
                foreach (var association in _associations.Values.OrderBy(a => a.LastConnected).Take(Math.Max(1, CountMax / 10)))
                {
                    Evict(association, evenWithState: true);
                }
            }

            return _associations.Count < CountMax;
        }
    }

    private void Evict(Association association, bool evenWithState)
    {
        if (association.TryForget(evenWithState))
        {
            Remove(association);
        }
    }
}
