using CoordinationTrials.Node;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Trials;

/// <summary>The resources of one trial. Dispose ends all processes and removes the network.</summary>
internal sealed class Trial : ITrial
{
    private readonly string _work;
    private readonly int? _rounds;
    private Network? _network;
    private Nodes? _nodes;

    /// <param name="work">An existing folder.</param>
    /// <param name="seed">Null: a new one.</param>
    public Trial(string work, int? rounds, Downing downing, int? seed)
    {
        (_work, _rounds, Downing, Seed) = (work, rounds, downing, seed ?? Random.Shared.Next(1_000_000));
        Random = new(Seed);
    }

    public Downing Downing { get; }

    public int Seed { get; }

    /// <summary>Decides about faults and victims. It starts from the seed.</summary>
    public Random Random { get; }

    public Nodes Nodes => _nodes ?? throw new InvalidOperationException("The nodes have not started.");

    public Network Network => _network ?? throw new InvalidOperationException("The nodes have no network of their own.");

    /// <summary>The value of --rounds.</summary>
    /// <param name="usual">The default.</param>
    public int Rounds(int usual) => _rounds ?? usual;

    /// <summary>Starts all nodes, and waits until they have one cluster and write.</summary>
    /// <param name="onNetwork">In a network namespace each.</param>
    public async Task Start(bool onNetwork)
    {
        _network = onNetwork ? await Network.Start(Nodes.Count) : null;
        _nodes = new(_work, Downing, _network);
        foreach (var node in _nodes.All)
        {
            _nodes.Start(node);
        }

        await _nodes.Recovered();
    }

    /// <inheritdoc/>
    public string Tails() => _nodes?.Tails() ?? "";

    public void Dispose()
    {
        _nodes?.Dispose();
        _network?.Dispose();
    }
}
