namespace RaftActors.Tests.Groups;

/// <summary>
/// Real processes of one group in one actor system, on a clock that only the test moves. The system is the test's own, or another one that
/// comes after it with the same stores, as a node that is started again.
/// </summary>
internal sealed class VirtualGroup(TestKitBase kit, ActorSystem system, IDictionary<string, ScriptedStore>? stores = null)
{
    /// <summary>For the test's actor system.</summary>
    public static readonly Config Config = ConfigOf("node1");

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly List<string> _names = [];
    private readonly TestProbe _asker = kit.CreateTestProbe();
    private readonly Pulse _pulse = new((ExtendedActorSystem)system, Guard);
    private readonly Dictionary<string, ActorSelection> _selections = [];

    public VirtualGroup(TestKitBase kit)
        : this(kit, kit.Sys)
    {
    }

    /// <summary>For an actor system whose processes are on this node.</summary>
    public static Config ConfigOf(string node) => ConfigurationFactory.ParseString(
        $"""
        akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
        raft.node = "{node}"
        raft.group = default
        raft.roster = ["raft1@{node}", "raft2@{node}", "raft3@{node}"]
        """);

    /// <summary>The messages of each process's actor; see <see cref="Recorder"/>.</summary>
    public Dictionary<string, TestProbe> Watchers { get; } = [];

    public Dictionary<string, IActorRef> Actors { get; } = [];

    /// <summary>By process. A store outlives its process.</summary>
    public IDictionary<string, ScriptedStore> Stores { get; } = stores ?? new Dictionary<string, ScriptedStore>();

    public void Start(string name, int preloaded) => Start(name, Recorder.Pairs(preloaded));

    public void Start(string name, params (string Key, string Value)[] preloaded) =>
        Start(name, new RaftOptions<string> { Preload = preloaded });

    /// <summary>A process that waits for its Join.</summary>
    public void StartJoining(string name) =>
        Start(name, new RaftOptions<string> { Settings = ConfigurationFactory.ParseString("joining = on") });

    /// <summary>A process whose actor takes snapshots.</summary>
    public void StartSnapshotting(string name)
    {
        var (watcher, all) = Prepare(name, new RaftOptions<string>());
        Watch(name, watcher, system.ActorOf(Props.Create(() => new SnapshotRecorder(watcher, all)), name));
    }

    /// <summary>A process whose actor fails when its fuse is set.</summary>
    /// <param name="directive">What its own supervisor does; null: the guardian of the actor system supervises it.</param>
    public void StartGuarded(string name, Directive? directive, Fragile.Fuse fuse)
    {
        var (watcher, all) = Prepare(name, new RaftOptions<string>());
        WatchGuarded(name, directive, watcher, Props.Create(() => new Fragile(watcher, all, fuse)));
    }

    /// <summary>A process whose actor cannot apply the pairs of its diet.</summary>
    /// <param name="directive">What its own supervisor does; null: the guardian of the actor system supervises it.</param>
    public void StartPicky(string name, Picky.Diet diet, Directive? directive)
    {
        var (watcher, all) = Prepare(name, new RaftOptions<string>());
        WatchGuarded(name, directive, watcher, Props.Create(() => new Picky(watcher, all, diet)));
    }

    /// <summary>A process whose actor follows these rules.</summary>
    public void StartDrifting(string name, Drifter.Rules rules, Directive? directive = null)
    {
        var (watcher, options) = Prepare(name, new RaftOptions<int>());
        WatchGuarded(name, directive, watcher, Props.Create(() => new Drifter(watcher, options, rules)));
    }

    /// <summary>Returns when the actor, which was told to fail, has begun anew.</summary>
    public void AwaitRestart(string name)
    {
        Watchers[name].ExpectMsg("started", Guard);
        AwaitIdle();
    }

    /// <summary>A process whose program has this logic version.</summary>
    public void StartVersioned(string name, int version)
    {
        var (watcher, options) = Prepare(name, new RaftOptions<object?>());
        Watch(name, watcher, system.ActorOf(Props.Create(() => new LaterCommandTests.Teller(watcher, options, version)), name));
    }

    /// <summary>A process whose actor takes this virtual time to apply a pair.</summary>
    public void StartSlow(string name, TimeSpan time)
    {
        var (watcher, all) = Prepare(name, new RaftOptions<string>());
        Watch(name, watcher, system.ActorOf(Props.Create(() => new SlowRecorder(watcher, all, time)), name));
    }

    /// <summary>Ends an engine for good.</summary>
    public void StopEngine(string name) => Stop(EngineOf(name));

    public void StopActor(string name) => Stop(Actors[name]);

    /// <summary>The disk of a process fails. Returns when its engine has stopped, and the other engines know it.</summary>
    public void FailStore(string name, string why) => AwaitEnd(EngineOf(name), () => Stores[name].Fail(why));

    public void Start(string name, RaftOptions<string> options)
    {
        var (watcher, all) = Prepare(name, options);
        Watch(name, watcher, system.ActorOf(Props.Create(() => new Recorder(watcher, all)), name));
    }

    private void Stop(IActorRef actor) => AwaitEnd(actor, () => system.Stop(actor));

    private void AwaitEnd(IActorRef actor, Action end)
    {
        var watcher = kit.CreateTestProbe();
        watcher.Watch(actor);
        end();
        watcher.ExpectTerminated(actor, Guard);

        // Invariant: the supervisor is told before the watcher. The mailbox of the actor is closed before both, so its answer to AwaitIdle
        // alone would not show that the supervisor knows.
        AwaitIdle();
    }

    private (TestProbe Watcher, RaftOptions<T> Options) Prepare<T>(string name, RaftOptions<T> options)
    {
        var store = Stores.TryGetValue(name, out var kept) ? kept : new ScriptedStore();
        Stores[name] = store;
        return (kit.CreateTestProbe(), options with { Store = () => store });
    }

    private void WatchGuarded(string name, Directive? directive, TestProbe watcher, Props props) =>
        Watch(name, watcher, directive is { } what
            ? system.ActorOf(Props.Create(() => new Fragile.Guard(props, name, what)), $"guard-{name}")
            : system.ActorOf(props, name));

    private void Watch(string name, TestProbe watcher, IActorRef actor)
    {
        (Watchers[name], Actors[name]) = (watcher, actor);
        watcher.ExpectMsg("started", Guard);
        if (!_names.Contains(name))
        {
            _names.Add(name);
        }

        AwaitIdle();
    }

    /// <summary>Starts raft1 to raft3. Returns when raft3 knows the leader and is idle: raft1, or raft2 if it has more pairs.</summary>
    public void Found(int first, int others)
    {
        Start("raft1", first);
        Start("raft2", others);
        Start("raft3", others);
        AdvanceUntil("raft3", first < others ? $"led by raft2 at {others}" : $"led by raft1 at {first}");
        Advance(5);
    }

    /// <summary>The status that a process's actor gives.</summary>
    public RaftStatus StatusOf(string name)
    {
        Actors[name].Tell(new Recorder.GetStatus(), _asker);
        return _asker.ExpectMsg<RaftStatus>(Guard);
    }

    /// <summary>The leader and the peers as the actor of this process sees them.</summary>
    public Recorder.View ViewOf(string name)
    {
        Actors[name].Tell(new Recorder.GetView(), _asker);
        return _asker.ExpectMsg<Recorder.View>(Guard);
    }

    public IActorRef EngineOf(string name) =>
        _pulse.Pass([At($"/system/raft/default/{name}")]).Subject ?? throw new InvalidOperationException($"{name} has no engine.");

    /// <summary>Takes calls of clients for a process.</summary>
    public ICallInbox InboxOf(string name)
    {
        _ = EngineOf(name);
        CallTarget target = new("default", new ProcessName($"{name}@{system.Settings.Config.GetString("raft.node")}"));
        return NodeNetwork.Of(system).Calls.Find(target) ?? throw new InvalidOperationException($"{name} takes no calls.");
    }

    /// <summary>Sends a process a call of a client.</summary>
    /// <param name="client">Gets the reply.</param>
    public void Call(string name, ClientCall call, ICanTell client)
    {
        var inbox = InboxOf(name);
        inbox.Add(call, client);
        inbox.Announce();
    }

    /// <summary>Sends a process a message of a core that is not there, <paramref name="from"/>.</summary>
    public void Say(Member from, string to, Term term, Message body) => Say(from, default, to, term, body);

    /// <summary>Sends a process a message as if a running one had, after a start that no other message showed.</summary>
    public void SayAs(string from, string to, Term term, Message body)
    {
        var store = Stores[from].Recovered ?? throw new InvalidOperationException($"{from} does not run.");
        var boot = new Boot(store.State.HardState.Boot.Number + 100, 0);
        Say(MemberOf(from) with { Incarnation = store.Incarnation }, boot, to, term, body);
    }

    private void Say(Member from, Boot boot, string to, Term term, Message body)
    {
        var addressee = new Member(new ProcessName($"{to}@node1"), Incarnation.None);
        var envelope = new RaftActors.Core.Envelope(from, addressee, GroupUid.None, term, boot, body);
        EngineOf(to).Tell(new WireMessage.CoreMessage(envelope), ActorRefs.NoSender);
        AwaitIdle();
    }

    /// <summary>An incarnation of a process.</summary>
    public static Member MemberOf(string name, int life = 99) =>
        new(new ProcessName($"{name}@node1"), new Incarnation(new Guid(life, 0, 0, new byte[8])));

    /// <summary>Advances the clock by one tick, and waits for its consequences within two steps between processes.</summary>
    public void Advance(int ticks = 1)
    {
        for (var i = 0; i < ticks; i++)
        {
            Advance(Tick);
        }
    }

    /// <summary>Advances the clock until the condition holds. Waits for the engines only, and not for reads of their stores.</summary>
    public void AdvanceEnginesUntil(Func<bool> isReached)
    {
        for (var ticks = 0; ticks < 1000 && !isReached(); ticks++)
        {
            ((VirtualScheduler)system.Scheduler).Advance(Tick);
            _pulse.Pass(_names.Select(name => At($"/system/raft/default/{name}")));
        }

        Assert.True(isReached());
    }

    /// <summary>Advances the clock at once.</summary>
    public void Advance(TimeSpan by)
    {
        ((VirtualScheduler)system.Scheduler).Advance(by);
        AwaitIdle();
    }

    /// <summary>Advances the clock until the actor sends this message. Returns all its messages up to there.</summary>
    public List<string> AdvanceUntil(string name, string expected)
    {
        List<string> told = [];
        for (var ticks = 0; ticks < 1000; ticks++)
        {
            while (Watchers[name].HasMessages)
            {
                told.Add(Watchers[name].ExpectMsg<string>());
                if (told[^1] == expected)
                {
                    return told;
                }
            }

            Advance();
        }

        throw new InvalidOperationException($"{name} never told '{expected}', but: {string.Join("; ", told)}.");
    }

    /// <summary>
    /// Waits until all that was sent is done. A mailbox is emptied in its order, so an answer to the last message stands for those before
    /// it.
    /// </summary>
    public void AwaitIdle()
    {
        // The registry and the supervisor create the engines, and introduce them to each other.
        ICanTell[] round = [At("/system/raft"), At("/system/raft/default"), .. _names.SelectMany(PartsOf)];
        _pulse.Pass([.. round, .. round, .. round]);
    }

    private IEnumerable<ICanTell> PartsOf(string name)
    {
        var engine = At($"/system/raft/default/{name}");
        yield return engine;
        yield return At($"/system/raft/default/{name}/pages");
        yield return At($"/system/raft/default/{name}/pairs");
        yield return engine;
        yield return Actors[name];
        if (Actors[name].Path.Name != name)
        {
            yield return At($"/user/{Actors[name].Path.Name}/{name}"); // Its guard takes its messages, and answers before it has restarted.
        }
    }

    private ActorSelection At(string path)
    {
        if (!_selections.TryGetValue(path, out var selection))
        {
            _selections[path] = selection = system.ActorSelection(path);
        }

        return selection;
    }
}
