using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>The resources of one trial. Dispose ends all processes and removes the network.</summary>
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

    /// <summary>The value of --rounds.</summary>
    /// <param name="usual">The default.</param>
    public int Rounds(int usual) => _rounds ?? usual;

    /// <summary>Creates servers on this machine.</summary>
    /// <param name="founders">The number of servers that found the group. The others wait to be added. Null: all.</param>
    public Group Group(int servers, int? founders = null) =>
        _group = new Group(Work, _firstPort, [.. Enumerable.Repeat(Host.Here, servers)], founders);

    /// <summary>Creates servers in a network namespace each.</summary>
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
