using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>The resources of one trial. Dispose ends all processes and removes the network.</summary>
internal sealed class Trial : ITrial
{
    private readonly int _firstPort;
    private readonly int? _rounds;
    private readonly int? _seconds;
    private readonly List<RaftServer> _members = [];
    private readonly List<Group> _groups = [];
    private int _ports;
    private Network? _network;

    /// <param name="work">An existing folder.</param>
    public Trial(string work, int firstPort, int? rounds, int? seconds) =>
        (Work, _firstPort, _rounds, _seconds) = (work, firstPort, rounds, seconds);

    public string Work { get; }

    public int FirstPort => _firstPort;

    /// <summary>The value of --attack: a part of the names of the attacks that are made. Empty: all are.</summary>
    public required string Attack { get; init; }

    /// <summary>The value of --rounds.</summary>
    /// <param name="usual">The default.</param>
    public int Rounds(int usual) => _rounds ?? usual;

    /// <summary>The value of --seconds.</summary>
    /// <param name="usual">The default.</param>
    public int Seconds(int usual) => _seconds ?? usual;

    /// <summary>Creates nodes on this machine that run an actor of a user.</summary>
    /// <param name="groups">The groups of which each node has a process; none: the default group, whose elections are reported.</param>
    public (IReadOnlyList<RaftServer> Servers, Elections Elections) Members(int count, params IReadOnlyList<string> groups)
    {
        var elections = new Elections();
        List<int> ports = [.. Enumerable.Range(_firstPort, count)];
        _members.AddRange(ports.Select(port =>
        {
            var data = Path.Combine(Work, $"{port}");
            string[] arguments =
            [
                "member", "--port", $"{port}", "--ports", string.Join(',', ports), "--data", data, .. groups.SelectMany(Group),
            ];
            return new RaftServer(Host.Here, port, data, Path.Combine(AppContext.BaseDirectory, "RaftTrials.dll"), arguments, elections);
        }));
        return (_members, elections);

        static string[] Group(string name) => ["--groups", name];
    }

    /// <summary>Creates servers on this machine.</summary>
    /// <param name="founders">The number of servers that found the group. The others wait to be added. Null: all.</param>
    /// <param name="options">More options of the command that starts a server.</param>
    public Group Group(int servers, int? founders = null, params IReadOnlyList<string> options) =>
        Add(new Group(Work, _firstPort, [.. Enumerable.Repeat(Host.Here, servers)], founders, options));

    /// <summary>Creates servers on this machine that found another group, and have other ports than all earlier such groups.</summary>
    public Group OtherGroup(int servers)
    {
        var port = _firstPort + _ports;
        _ports += servers;
        var work = Directory.CreateDirectory(Path.Combine(Work, $"{port}")).FullName;
        return Add(new Group(work, port, [.. Enumerable.Repeat(Host.Here, servers)]));
    }

    /// <summary>Ends the processes of a group, and deletes their files.</summary>
    public void Remove(Group group)
    {
        _groups.Remove(group);
        group.Dispose();
        foreach (var server in group.Servers)
        {
            server.Wipe();
        }
    }

    /// <summary>Creates hosts with a network namespace each.</summary>
    public async Task<Network> Hosts(int count) => _network = await Network.Start(count);

    /// <summary>Creates servers in a network namespace each.</summary>
    public async Task<(Group Group, Network Network)> GroupOnNetwork(int servers)
    {
        var network = await Hosts(servers);
        return (Add(new Group(Work, _firstPort, [.. Enumerable.Range(1, servers).Select(network.Host)])), network);
    }

    /// <inheritdoc/>
    public string Tails() =>
        string.Join('\n', _groups.Select(group => group.Tails()).Concat(_members.Select(member => member.Tail())));

    public void Dispose()
    {
        _groups.ForEach(group => group.Dispose());
        _members.ForEach(member => member.Dispose());
        _network?.Dispose();
    }

    private Group Add(Group group)
    {
        _groups.Add(group);
        return group;
    }
}
