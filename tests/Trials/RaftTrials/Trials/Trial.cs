namespace RaftTrials.Trials;

/// <summary>The resources of one trial.</summary>
internal sealed class Trial(string work, ParseResult options) : TrialScope(work, options)
{
    private static readonly Option<int?> SecondsOption = new("--seconds")
    {
        Description = "The time in which the trial 'clients' kills leaders (default: 300), 'hostile' attacks (20), or 'soak' runs (1200).",
        HelpName = "n",
    };

    private static readonly Option<string?> AttackOption = new("--attack")
    {
        Description = "Run only those attacks of 'hostile' whose name contains this text.",
        HelpName = "text",
    };

    /// <summary>The option of <see cref="Earlier"/>.</summary>
    public const string EarlierName = "--earlier";

    private static readonly Option<string?> EarlierOption = new(EarlierName)
    {
        Description = "The built checkout that 'next-level' upgrades from, to this program. Default: the trial copies this one, adds a "
            + "format level, and runs itself there.",
        HelpName = "folder",
    };

    private static readonly Option<int> PortOption = new("--port")
    {
        Description = "The first port of the servers.",
        DefaultValueFactory = _ => 4490,
        HelpName = "n",
    };

    private int _ports;

    public static IReadOnlyList<Option> AllOptions { get; } = [SecondsOption, AttackOption, EarlierOption, PortOption];

    public int FirstPort => Options.GetValue(PortOption);

    /// <summary>The value of --earlier, or null.</summary>
    public string? Earlier => Options.GetValue(EarlierOption);

    /// <summary>A part of the names of the attacks that are made. Empty: all are.</summary>
    public string Attack => Options.GetValue(AttackOption) ?? "";

    /// <summary>The value of --seconds.</summary>
    /// <param name="usual">The default.</param>
    public TimeSpan Seconds(int usual) => TimeSpan.FromSeconds(Options.GetValue(SecondsOption) ?? usual);

    /// <summary>Creates nodes on this machine that run an actor of a user.</summary>
    /// <param name="groups">The groups of which each node has a process; none: the default group, whose elections are reported.</param>
    public (IReadOnlyList<RaftServer> Servers, Elections Elections) Members(int count, params IReadOnlyList<string> groups)
    {
        var elections = new Elections();
        var ports = string.Join(',', Enumerable.Range(FirstPort, count));
        List<RaftServer> members =
        [
            .. Enumerable.Range(FirstPort, count).Select(port =>
            {
                var data = Path.Combine(Work, $"{port}");
                string[] arguments =
                [
                    RaftProgram.Name, "member", "--port", $"{port}", "--ports", ports, "--data", data,
                    .. groups.SelectMany(name => new[] { "--groups", name }),
                ];
                return Own(new RaftServer(Host.Here, port, data, TrialProgram.Path, arguments, elections));
            }),
        ];
        return (members, elections);
    }

    /// <summary>Creates servers on this machine.</summary>
    /// <param name="founders">The number of servers that found the group. The others wait to be added. Null: all.</param>
    /// <param name="options">More options of the command that starts a server.</param>
    public Group Group(int servers, int? founders = null, params IReadOnlyList<string> options) =>
        Own(new Group(Work, FirstPort, [.. Enumerable.Repeat(Host.Here, servers)], founders, options));

    /// <summary>Lets the disk of each server fail on demand.</summary>
    public IReadOnlyDictionary<RaftServer, FaultyDisk> FaultyDisks(Group group)
    {
        Dictionary<RaftServer, FaultyDisk> disks = [];
        foreach (var (place, server) in group.Servers.Index())
        {
            disks[server] = Own(new FaultyDisk(server.Data, Path.Combine(Work, $"fault{place}")));
            server.Environment = disks[server].Environment;
        }

        return disks;
    }

    /// <summary>Creates servers on this machine that start on these hosts.</summary>
    public Group Group(params IReadOnlyList<Host> hosts) => Own(new Group(Work, FirstPort, hosts));

    /// <summary>Creates servers on this machine that found another group, and have other ports than all earlier such groups.</summary>
    public Group OtherGroup(int servers)
    {
        var port = FirstPort + _ports;
        _ports += servers;
        var work = Directory.CreateDirectory(Path.Combine(Work, $"{port}")).FullName;
        return Own(new Group(work, port, [.. Enumerable.Repeat(Host.Here, servers)]));
    }

    /// <summary>Creates servers in a network namespace each.</summary>
    /// <param name="others">The number of hosts behind those of the servers.</param>
    public async Task<(Group Group, Network Network)> GroupOnNetwork(int servers, int others = 0)
    {
        var network = await Hosts(servers + others);
        return (Own(new Group(Work, FirstPort, [.. Enumerable.Range(1, servers).Select(network.Host)])), network);
    }
}
