using CoordinationTrials.Node;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Trials;

/// <summary>The resources of one trial. Dispose ends all processes and removes the network.</summary>
internal sealed class Trial : ITrial
{
    private readonly string _work;
    private readonly int? _rounds;
    private readonly string? _logs;
    private readonly HashSet<(int From, int To)> _cut = [];
    private Network? _network;
    private Nodes? _nodes;

    /// <param name="work">An existing folder.</param>
    /// <param name="seed">Null: a new one.</param>
    /// <param name="results">Path of the file of results; null: there is none.</param>
    /// <param name="logs">Folder for logs; null: there are none.</param>
    /// <param name="scale">The value of --scale.</param>
    public Trial(string work, int? rounds, Downing downing, int? seed, string? results, string? logs, int scale)
    {
        (_work, _rounds, Downing, Seed, Results, Scale) =
            (work, rounds, downing, seed ?? Random.Shared.Next(1_000_000), results, scale);
        Random = new(Seed);
        _logs = logs is null ? null : Directory.CreateDirectory(Path.Combine(logs, $"{Options.NameOf(downing)}-{Seed}")).FullName;
    }

    public Downing Downing { get; }

    public int Seed { get; }

    /// <summary>Decides about faults and victims. It starts from the seed.</summary>
    public Random Random { get; }

    public Nodes Nodes => _nodes ?? throw new InvalidOperationException("The nodes have not started.");

    /// <summary>Path of the file of results; null: there is none.</summary>
    public string? Results { get; }

    /// <summary>Multiplies the times of the nodes and of the faults.</summary>
    public int Scale { get; }

    private Network Network => _network ?? throw new InvalidOperationException("The nodes have no network of their own.");

    /// <summary>The value of --rounds.</summary>
    /// <param name="usual">The default.</param>
    public int Rounds(int usual) => _rounds ?? usual;

    /// <summary>Starts all nodes, and waits until they have one cluster and write.</summary>
    /// <param name="onNetwork">In a network namespace each.</param>
    public async Task Start(bool onNetwork)
    {
        _network = onNetwork ? await Network.Start(Nodes.Count) : null;
        _nodes = new(_work, Downing, _network, _logs, Scale);
        foreach (var node in _nodes.All)
        {
            _nodes.Start(node);
        }

        await _nodes.Recovered();
    }

    /// <summary>Drops all packets in these directions, as well as in those that are cut already.</summary>
    public void Cut(IEnumerable<(int From, int To)> directions)
    {
        _cut.UnionWith(directions);
        Network.Rule(new([.. _cut]));
    }

    /// <summary>Ends all cuts.</summary>
    public void Heal()
    {
        if (_cut.Count > 0)
        {
            _cut.Clear();
            Network.Rule(new());
        }
    }

    /// <summary>Writes what the trial does to the folder for logs.</summary>
    public void Note(string text)
    {
        if (_logs is not null)
        {
            File.AppendAllText(Path.Combine(_logs, "trial.log"), LogFile.LineOf(text));
        }
    }

    /// <inheritdoc/>
    public string Tails() => _nodes?.Tails() ?? "";

    public void Dispose()
    {
        _nodes?.Dispose();
        _network?.Dispose();
    }
}
