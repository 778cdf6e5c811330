namespace RaftActors.Tests.Engine;

/// <summary>The setup for a test of one part of an engine: raft1 of four, with probes for its actor, its engine, and its peers.</summary>
internal sealed class Bench
{
    public const string Settings =
        """
        raft.node = "node1"
        raft.group = default
        raft.roster = ["raft1@node1", "raft2@node2", "raft3@node3", "raft4@node4"]
        """;

    // To read them takes much longer than most tests.
    private static readonly ConcurrentDictionary<(string Name, string? Group), RaftSettings> Read = [];

    private readonly Dictionary<string, TestProbe> _peers = [];
    private readonly TestKitBase _kit;
    private EngineContext? _context;

    /// <param name="preload">The pairs that the log begins with.</param>
    /// <param name="name">The name of the process.</param>
    /// <param name="group">Null: the group of the settings.</param>
    /// <param name="snapshot">The log begins after it; null: the store is empty.</param>
    public Bench(TestKitBase kit, LogSlice preload = default, string name = "raft1", string? group = null, Snapshot? snapshot = null)
    {
        _kit = kit;
        var settings = Read.GetOrAdd((name, group), SettingsOf);
        Store = new ScriptedStore();
        var (store, recovered) = HostedStore.Open(Store, new StoreOwner(settings.Group, settings.Self), preload);
        if (snapshot is not null)
        {
            var hard = recovered.State.HardState with { Term = snapshot.Position.Term };
            recovered = recovered with
            {
                State = recovered.State with { HardState = hard, Base = snapshot.Position, Snapshot = snapshot },
            };
        }

        Process = new RaftProcess(settings, store, recovered, preload, kit.Sys.Scheduler);
        Self = kit.CreateTestProbe();
        Actor = kit.CreateTestProbe();
        foreach (var number in new[] { 2, 3, 4 })
        {
            _peers[$"raft{number}"] = kit.CreateTestProbe();
        }
    }

    public ScriptedStore Store { get; }

    public RaftProcess Process { get; }

    /// <summary>The context of the parts. Made when a test first asks: most tests of a registry need only the process.</summary>
    public EngineContext Context => _context ??= MakeContext();

    /// <summary>The inputs that the parts gave to Core.</summary>
    public List<Input> Steps { get; } = [];

    public AppendTraces Traces => new(Process.Telemetry);

    public OwnAppends MakeOwnAppends() => new(Context, Traces, new LeaderProposals(Context, Traces));

    public TestProbe Self { get; }

    public TestProbe Actor { get; }

    public TestProbe this[string peer] => _peers[peer];

    public static ProcessName NameOf(string process) => new($"{process}@node{process[^1]}");

    public static Member MemberOf(string process) => new(NameOf(process), Incarnation.None);

    /// <summary>The quorum members with their serials at founding.</summary>
    public void BuildQuorum(params (string Process, long Founding)[] members)
    {
        var all = members.Select(each => each.Process == "raft1" ? Process.Member : MemberOf(each.Process)).ToImmutableArray();
        var founding = members.Select(each => new FoundingSerial(NameOf(each.Process), new Serial(each.Founding)));
        var configuration = new Configuration(GroupUid.None, all.Length, all, [], [], [.. founding]);
        Context.Quorum = new QuorumView(all, all.Contains(Process.Member), configuration);
    }

    public void Elect(string process, long term = 1)
    {
        var member = process == "raft1" ? Process.Member : MemberOf(process);
        Context.Leader = new LeaderView(member, new Term(term), new Serial(4), process == "raft1", IsReady: true);
    }

    /// <summary>The node of a peer becomes unreachable.</summary>
    public void LoseSightOf(string process) =>
        Context.Peers.MarkUnreachable(NameOf(process), _peers[process].Ref.Path.Address);

    /// <summary>The peer is reachable, for the first time or again.</summary>
    public void Meet(string process) => Context.Peers.Learn(NameOf(process), _peers[process], out _);

    /// <summary>Pairs of the group become committed here.</summary>
    public void Commit(params long[] serials)
    {
        Process.Pairs.Commit([.. serials.Select(serial => Entry(serial, 1, null))]);
        Context.Commit = new LogIndex(serials[^1]);
    }

    public static LogEntry Entry(long index, long term, RequestId? request) =>
        new(new LogIndex(index), new Term(term), new Serial(index), new Payload.Pair(request, $"key{index}", ReadOnlyMemory<byte>.Empty));

    private static RaftSettings SettingsOf((string Name, string? Group) process)
    {
        var text = Settings.Replace("raft1@node1", $"{process.Name}@node1");
        var config = ConfigurationFactory.ParseString(text).WithFallback(Raft.DefaultConfig());
        return RaftSettings.Read(config, new RaftOptions<string> { Group = process.Group }, process.Name, null);
    }

    private EngineContext MakeContext()
    {
        Raft.Get(_kit.Sys);
        Process.MakeCore();
        var context = new EngineContext(Process, Steps.Add, Self, ActorRefs.Nobody, _kit.Sys, _kit.Sys.Log)
        {
            HasBooted = true,
        };
        context.Attach(Actor, 1, takesSnapshots: true, validatesProposals: true);
        foreach (var (name, probe) in _peers)
        {
            context.Peers.Learn(NameOf(name), probe, out _);
        }

        return context;
    }
}
