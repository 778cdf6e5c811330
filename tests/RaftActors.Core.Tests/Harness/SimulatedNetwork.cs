namespace RaftActors.Core.Tests.Harness;

/// <summary>
/// Messages under way. While it is faulty it loses, doubles, delays and reorders them, and cuts processes off from one another.
/// </summary>
internal sealed class SimulatedNetwork(Prng prng)
{
    private readonly List<(int At, Envelope Envelope)> _underWay = [];

    /// <summary>Who is on the other side of a partition.</summary>
    private readonly HashSet<ProcessName> _farSide = [];

    public bool IsFaulty { get; set; }

    public void Partition(IEnumerable<SimulatedProcess> processes)
    {
        _farSide.Clear();
        _farSide.UnionWith(processes.Where(_ => prng.Between(0, 1) == 1).Select(process => process.Name));
    }

    public void Heal() => _farSide.Clear();

    public void Send(Envelope envelope, int now)
    {
        if (IsFaulty && Chance(5))
        {
            return;
        }

        for (var copies = IsFaulty && Chance(3) ? 2 : 1; copies > 0; copies--)
        {
            var delay = !IsFaulty ? 1 : Chance(3) ? prng.Between(10, 150) : prng.Between(1, 4);
            _underWay.Insert(prng.Between(0, _underWay.Count), (now + delay, envelope));
        }
    }

    /// <summary>What arrives now; what a partition keeps from arriving is lost.</summary>
    public List<Envelope> TakeDue(int now)
    {
        var due = _underWay.FindAll(message => message.At <= now).ConvertAll(message => message.Envelope);
        _underWay.RemoveAll(message => message.At <= now);
        due.RemoveAll(envelope => _farSide.Contains(envelope.From.Name) != _farSide.Contains(envelope.To.Name));
        return due;
    }

    private bool Chance(int percent) => prng.Between(1, 100) <= percent;
}
