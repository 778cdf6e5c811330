using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>What one trial works with; everything is taken away again at its end.</summary>
internal sealed class Trial : ITrial
{
    private readonly string _tools;
    private readonly int _firstPort;
    private readonly int? _rounds;
    private Group? _group;
    private Network? _network;

    public Trial(string work, string tools, int firstPort, int? rounds)
    {
        (Work, _tools, _firstPort, _rounds) = (work, tools, firstPort, rounds);
        Directory.CreateDirectory(work);
    }

    public string Work { get; }

    public int FirstPort => _firstPort;

    /// <param name="usual">If nobody has said another number.</param>
    public int Rounds(int usual) => _rounds ?? usual;

    /// <summary>Servers on this machine.</summary>
    /// <param name="founders">How many of them found the group; the others wait to be taken in.</param>
    public Group Group(int servers, int? founders = null) =>
        _group = new Group(Work, _firstPort, [.. Enumerable.Repeat(Host.Here, servers)], founders);

    /// <summary>Servers with a network card each.</summary>
    public async Task<(Group Group, Network Network)> GroupOnNetwork(int servers)
    {
        _network = await Network.Start(_tools, Work, servers);
        return (_group = new Group(Work, _firstPort, [.. Enumerable.Range(1, servers).Select(Network.Host)]), _network);
    }

    /// <inheritdoc/>
    public string Tails() => _group?.Tails() ?? "";

    public void Dispose()
    {
        _group?.Dispose();
        _network?.Dispose();
    }
}
