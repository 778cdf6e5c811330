using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;

using RaftActors.Clients;
using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Engine;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors;

/// <summary>
/// The state that all raft actors of an actor system share: the defaults, the serializer of the wire, the process names, and
/// <c>/system/raft</c>. The first raft actor creates it; it needs no configuration.
/// </summary>
public sealed partial class Raft : IExtension, IRaftClients
{
    /// <summary>
    /// The name of the meter and of the activity source, for all raft processes of this operating-system process. Give it to a library such
    /// as OpenTelemetry, or listen by a <see cref="System.Diagnostics.Metrics.MeterListener"/> and an
    /// <see cref="System.Diagnostics.ActivityListener"/>. An instrument without a listener reads no clock and allocates nothing. A log
    /// reads the clock around each sync anyway, for <see cref="RaftStatus.SyncTime"/>. An Append without a sampled trace has no spans, and
    /// adds nothing to a message.
    /// </summary>
    public const string TelemetryName = RaftTelemetry.Name;

    /// <summary>The most events that wait for one reader. An election of a thousand groups has as many.</summary>
    internal const int EventsMax = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ProcessPlace, ProcessOpening> _processes = [];
    private readonly ExtendedActorSystem _system;
    private readonly IActorRef _registry;
    private readonly OpenStores _stores;
    private readonly NodeNetwork _network;

    // All processes by their places; default: one was added since. Guarded by the lock.
    private ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>> _ordered;

    // The open clients.
    private readonly ConcurrentDictionary<GroupCalls, (string Group, IReadOnlyList<string>? Contacts, bool IsListed)> _clients = [];
    private readonly ConcurrentDictionary<(string Name, int Count), RaftShards> _shards = [];
    private readonly CancellationTokenSource _terminated = new();

    internal Raft(ExtendedActorSystem system)
    {
        _system = system;

        // The defaults also name the serializer of the wire. A serializer that code adds would be lost: Akka.NET makes all serializers
        // again from the configuration whenever an extension injects its defaults.
        system.Settings.InjectTopLevelFallback(DefaultConfig());
        EngineDispatcher.AddTo(system);
        _network = NodeNetwork.Of(system);
        _stores = new OpenStores(system);
        system.RegisterOnTermination(EndClients);
        system.RegisterOnTermination(_terminated.Cancel);
        var raft = system.Settings.Config.GetConfig("raft") ?? Config.Empty;
        var discovery = DiscoverySettings.Read(raft);
        var source = SourceOf(system, discovery, RaftAddress.IsUsedIn(raft));

        // Not Akka's channel executor: it may run an actor on the thread that starts it, under the lock that each sender needs then. The
        // registry replies to clients, which send under their own lock.
        var registry = Props.Create(() => new RaftRegistry(source, discovery.Interval, CloseStores))
            .WithDispatcher(EngineDispatcher.DispatcherId);
        _registry = system.SystemActorOf(registry, "raft");
        _registry.Tell(new ProcessPages(Ordered), ActorRefs.NoSender);
        _network.Registry = _registry;
        _network.Calls.Add(CallTarget.Registry, new RegistryCalls(_registry));
        _network.Calls.StatusOf = target => target.Process is { } name ? Find(new ProcessPlace(target.Group, name))?.Describe() : null;
        // After the services of the node, so that their last Appends are taken, and before the node leaves its cluster.
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeClusterShutdown,
            "raft-hand-over",
            () => _registry.Ask<Done>(new PrepareStop()));
        var setup = system.Settings.Setup.Get<RaftSetup>();
        if (setup.HasValue)
        {
            setup.Value.ApplyTo(this);
        }
    }

    /// <summary>
    /// The raft processes of this actor system, by group and name, as they are now. A process stays listed after its actor has stopped.
    /// Any thread may read it. An actor with a wrong configuration has no process.
    /// </summary>
    public ImmutableArray<RaftStatus> Processes => [.. Ordered().Select(each => each.Value.Describe())];

    /// <summary>
    /// The processes of one group, mostly one, by name. Otherwise like <see cref="Processes"/>, which takes longer on a node with thousands
    /// of groups.
    /// </summary>
    /// <param name="group">The name of the group.</param>
    public IEnumerable<RaftStatus> ProcessesOf(string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var all = Ordered();
        var (low, high) = (0, all.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(all[middle].Key.Group, group) < 0 ? (middle + 1, high) : (low, middle);
        }

        return all.Skip(low).TakeWhile(each => each.Key.Group == group).Select(each => each.Value.Describe());
    }

    /// <summary>
    /// The groups that have a process here, or a client that appends and reads, without order. <see cref="CreateClient(string?,
    /// IReadOnlyList{string}?)"/> makes a client of each.
    /// </summary>
    public IEnumerable<string> Groups => Ordered().Select(each => each.Key.Group)
        .Concat(_clients.Values.Where(client => client.IsListed).Select(client => client.Group))
        .Distinct(StringComparer.Ordinal);

    /// <summary>The processes whose store is open.</summary>
    internal IReadOnlyList<RaftProcess> OpenProcesses
    {
        get
        {
            lock (_lock)
            {
                return [.. _processes.Values.Where(opening => opening.IsOpen).Select(opening => opening.Wait())];
            }
        }
    }

    /// <summary>Copies the latest committed pairs that a process of this node has in memory. Waits for no disk, and loads none.</summary>
    /// <param name="group">The group of the process.</param>
    /// <param name="max">The most pairs.</param>
    /// <returns>The oldest first. Null: no process of the group has opened its store here.</returns>
    public IReadOnlyList<CommittedPair>? LatestPairs(string group, int max) =>
        OpenProcesses.FirstOrDefault(each => each.Settings.Group == group) is { } process
            ? [.. process.Pairs.CopyLatest(max).Select(each => new CommittedPair(_system, each.Index, each.Term, each.Pair))]
            : null;

    /// <summary>
    /// Streams the events of the processes of this node, from the first read of the enumeration on: those that the actor system's event
    /// stream publishes, for code that is no actor. At most 1,000 events wait for the reader. Of more, the oldest are dropped, because
    /// <see cref="Processes"/> shows what they have led to. Ends with the actor system.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<RaftEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        EventReader reader = new(_system);
        await using var end = _terminated.Token.Register(reader.End).ConfigureAwait(false);
        _system.EventStream.Subscribe(reader, typeof(RaftEvent));
        try
        {
            await foreach (var told in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return told;
            }
        }
        finally
        {
            _system.EventStream.Unsubscribe(reader);
        }
    }

    /// <summary>The shards that this node has an actor or a client of, by name.</summary>
    public IEnumerable<RaftShards> Shards => _shards.Values.OrderBy(shards => shards.Name, StringComparer.Ordinal);

    /// <summary>The name of this node: <c>raft.node</c>, or its address. No two nodes have the same.</summary>
    /// <exception cref="RaftConfigurationException">It has none, or a key of <c>raft</c> is unknown.</exception>
    public string Node => RaftSettings.ReadNode(SettingTable.OfRaft.In(_system.Settings.Config), DefaultNode);

    /// <summary>The clock: that of the system, or in a simulation that of the node whose turn it is.</summary>
    public static TimeProvider Time => Machine.Current.Time;

    /// <summary>The actor that raft actors attach to: <c>/system/raft</c>, or in a test the scripted group.</summary>
    internal IActorRef Host => ScriptedHost ?? _registry;

    internal ActorSystem System => _system;

    /// <summary>Connects this node to others.</summary>
    internal NodeNetwork Network => _network;

    /// <summary>The node's name if the configuration has none. Null: the actor system has no address.</summary>
    internal string? DefaultNode => ScriptedHost is not null ? "node1@scripted"
        : _network.Address is { HasGlobalScope: true } own ? string.Create(CultureInfo.InvariantCulture, $"{own.Host}:{own.Port}")
        : null;

    /// <summary>A test sets it before its first raft actor starts. Then names and rosters are not checked.</summary>
    internal IActorRef? ScriptedHost { get; set; }

    /// <summary>
    /// The defaults, with the serializer of the messages between nodes. The extension adds them when it starts. A system that has them from
    /// the start, by <c>config.WithFallback(Raft.DefaultConfig())</c>, can read messages that arrive before. Otherwise it logs and drops
    /// them, and loses nothing else.
    /// </summary>
    public static Config DefaultConfig() => SettingTable.OfRaft.Defaults;

    /// <summary>The raft groups of an actor system. The first call, or the first raft actor, creates them.</summary>
    public static Raft Get(ActorSystem system) => system.WithExtension<Raft, RaftExtension>();

    /// <summary>
    /// Writes and reads the types of a source-generated context as JSON, on this node: values, results, questions, answers and states of
    /// snapshots. A codec that is set for a type wins. Strings, numbers, bool and byte[] keep their bytes. Call it on each node, before
    /// the actors and clients of these types are created. Several contexts are allowed; for a type in two of them the first one counts.
    /// Thread-safe.
    /// </summary>
    /// <typeparam name="TContext">The context, by its own type.</typeparam>
    /// <param name="context">
    /// The context, such as <c>ShopJson.Default</c>. JSON of a declared type has the bytes of
    /// <see cref="RaftCodec.Json{T}(JsonTypeInfo{T})"/>. Questions, answers and values of an undeclared type carry the full name of
    /// their type.
    /// </param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The context has no types, or a type has the name of another one.</exception>
    /// <exception cref="InvalidOperationException">An actor or a client uses one of the types without JSON already.</exception>
    public Raft UseJson<TContext>(TContext context)
        where TContext : JsonSerializerContext
    {
        RaftHost.Of(_system).Json.UseJson(context);
        return this;
    }

    /// <summary>
    /// Lets this node exchange each <see cref="Outcome{TResult}"/> of a result type with other nodes. A node that has a raft actor with
    /// this result type needs no call. Strings, numbers, bool, byte[] and <see cref="Membership"/> need none either. Thread-safe.
    /// </summary>
    /// <typeparam name="TResult">The type of the results. Its full name, without the assembly, is the same on all nodes.</typeparam>
    /// <param name="codec">
    /// The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: the type has a serializer in
    /// <c>akka.actor.serialization-bindings</c>. The latest codec of a type holds for all groups of the node, because an outcome names its
    /// type and no group. So two applications of one node need two types, or one codec.
    /// </param>
    /// <exception cref="RaftConfigurationException">
    /// The type has neither a codec nor a serializer, or it has a codec although RaftActors writes it, as strings, numbers and object.
    /// </exception>
    public void AddResultType<TResult>(RaftCodec<TResult>? codec = null) => ResultTypes.Of(_system).Declare(codec);

    /// <summary>
    /// Creates a client of a group. The group may be on this node, on other nodes, or both. The node needs neither a raft actor nor
    /// settings, except contacts unless raft.discovery is cluster. Thread-safe.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the group, as its actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="group">
    /// The name of the group: that of its actors, unless they name another one. Null: <c>raft.group</c>, or the only group of this node.
    /// </param>
    /// <param name="contacts">
    /// Nodes that know the group, besides the own one: <c>host:port</c>, or addresses of Akka such as <c>akka.tcp://shop@host:port</c>.
    /// Null: <c>raft.client.contacts</c>.
    /// </param>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</param>
    /// <param name="resultCodec">The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: they have none.</param>
    /// <exception cref="ArgumentException">The name of the group has half a surrogate pair.</exception>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or a type has neither a codec nor a serializer.</exception>
    public RaftClient<TValue, TResult> CreateClient<TValue, TResult>(
        string? group = null,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null) =>
        NewClient(group ?? OnlyGroup(), contacts, codec, resultCodec, isListed: true);

    /// <summary>
    /// Creates a client that neither appends nor reads: for the status of a group, and for changes of its members. Otherwise as
    /// <see cref="CreateClient{TValue, TResult}(string?, IReadOnlyList{string}?, RaftCodec{TValue}?, RaftCodec{TResult}?)"/>.
    /// </summary>
    /// <param name="group">As there.</param>
    /// <param name="contacts">
    /// As there. Null: those of another open client of the group, if it was given some, otherwise <c>raft.client.contacts</c>.
    /// </param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public RaftClient CreateClient(string? group = null, IReadOnlyList<string>? contacts = null)
    {
        group ??= OnlyGroup();
        contacts ??= _clients.Values.FirstOrDefault(each => each.Group == group && each.Contacts is not null).Contacts;
        return NewClient<object?, object?>(group, contacts, null, null, isListed: false);
    }

    /// <summary>
    /// Creates the clients of all shards. Otherwise as
    /// <see cref="CreateClient{TValue, TResult}(string?, IReadOnlyList{string}?, RaftCodec{TValue}?, RaftCodec{TResult}?)"/>.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the groups, as their actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">As there.</param>
    /// <param name="codec">As there.</param>
    /// <param name="resultCodec">As there.</param>
    public RaftShardsClient<TValue, TResult> CreateClient<TValue, TResult>(
        RaftShards shards,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        Note(shards);
        return new RaftShardsClient<TValue, TResult>(shards, group => CreateClient(group, contacts, codec, resultCodec));
    }

    /// <summary>Creates a client of the entities of shards. <see cref="EntityShard{TEntity, TState}"/> hosts them.</summary>
    /// <typeparam name="TCommand">The type of the commands, as the entities have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleCommand, as the entities have it.</typeparam>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">As in <see cref="CreateClient(string?, IReadOnlyList{string}?)"/>.</param>
    public EntityClient<TCommand, TResult> CreateEntityClient<TCommand, TResult>(
        RaftShards shards, IReadOnlyList<string>? contacts = null) =>
        new(_system, CreateClient<object?, object?>(shards, contacts));

    /// <summary>
    /// Returns the shards that have a process on this node: all of them, or with <see cref="RaftShards.Replicas"/> those that are placed
    /// here, by <c>raft.roster</c> or that of the group's section. With <c>raft.shard-nodes</c> that list places them, and shards that
    /// have not left this node yet are returned, too. Start an actor for each of them. A client reaches the others from here.
    /// </summary>
    /// <param name="shards">The shards, the same on all nodes.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    /// <exception cref="StoreException">
    /// With <c>raft.shard-nodes</c>: the directory, which tells the shards that have not left, cannot be opened.
    /// </exception>
    public IEnumerable<RaftShard> ShardsHere(RaftShards shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        Note(shards);
        var (node, config) = (Node, _system.Settings.Config);
        var nodes = RaftSettings.ReadShardNodes(SettingTable.OfRaft.In(config));
        if (nodes.Length == 0)
        {
            return shards.Replicas is null
                ? shards.All
                : shards.All.Where(shard => ShardPlan.RosterOf(shard, RaftSettings.ReadRoster(config, shard.Group)).Any(IsHere));
        }

        Dictionary<string, IReadOnlyList<StoreOwner>> stored = new(StringComparer.Ordinal);
        return [.. shards.All.Where(shard => ShardPlan.PlacedOn(shard, nodes).Any(IsHere) || HasNotLeft(shard))];

        bool IsHere(ProcessName name) => name.Node == node;

        // Such a process may still be a member, and have a vote.
        bool HasNotLeft(RaftShard shard)
        {
            var owner = new StoreOwner(shard.Group, new ProcessName($"{shard.Group}@{node}"));
            var store = RaftSettings.ReadStore(config, shard.Group);
            if (!stored.TryGetValue(store.Directory, out var owners))
            {
                stored[store.Directory] = owners = store.Directory.Length == 0 ? [] : _stores.OwnersIn(store, owner);
            }

            return owners.Contains(owner);
        }
    }

    /// <summary>Reads and checks the settings of an actor.</summary>
    /// <exception cref="RaftConfigurationException">A setting is missing or wrong.</exception>
    internal RaftSettings ReadSettings<TValue>(RaftOptions<TValue> options, IActorRef actor)
    {
        var settings = RaftSettings.Read(_system.Settings.Config, options, actor.Path.Name, DefaultNode);
        if (options.Shard is { } shard)
        {
            Note(shard.Shards);
        }

        if (ScriptedHost is null)
        {
            settings.Validate();
            DiscoveryCheck.Demand(_system, settings);
            if (settings.JoinsItself)
            {
                // Without this, a wrong setting would show only when the process asks for its place, which no caller awaits.
                _ = ClientSettings.Read(_system.Settings.Config, settings.Group);
            }

            _network.Start(isClient: false);
        }

        return settings;
    }

    /// <summary>
    /// The opening of the process that an actor is. The actor's first life begins it, on another thread; all later lives share it,
    /// unless it failed.
    /// </summary>
    /// <param name="preload">The pairs that a new store begins with. Called for a new opening only.</param>
    /// <param name="makeStore">Makes the store; null: the store of the settings.</param>
    internal ProcessOpening Open(RaftSettings settings, Func<LogSlice> preload, Func<IRaftStore>? makeStore)
    {
        if (FindOpening(settings) is { } begun)
        {
            return begun;
        }

        var pairs = preload();
        ProcessOpening opening;
        lock (_lock)
        {
            if (FindOpening(settings) is { } other)
            {
                return other;
            }

            var key = new ProcessPlace(settings.Group, settings.Self);
            var registry = ScriptedHost is null ? _registry : null;
            opening = new ProcessOpening(settings, () => Open(settings, pairs, makeStore), _processes.GetValueOrDefault(key), registry);
            _processes[key] = opening;
            _ordered = default;
        }

        if (ScriptedHost is not null || (makeStore is null && settings.Store.Directory.Length == 0))
        {
            opening.Run();
        }
        else
        {
            _stores.Start(opening, settings.Store);
        }

        return opening;
    }

    // Actors may start after their clients, so the sections of groups count, too.
    private string OnlyGroup()
    {
        var config = _system.Settings.Config;
        if (RaftSettings.ReadGroup(SettingTable.OfRaft.In(config)) is { } named)
        {
            return named;
        }

        string[] groups =
        [
            .. Ordered().Select(each => each.Key.Group).Concat(RaftSettings.SectionsIn(config))
                .Where(group => !RaftSettings.IsOfPackage(config, group)).Distinct(StringComparer.Ordinal),
        ];
        const int ShownMax = 10;
        return groups is [var only] ? only : throw new RaftConfigurationException(
            "A client needs the name of its group, because this node has "
            + (groups.Length == 0 ? "none"
                : $"{groups.Length} groups: {string.Join(", ", groups.Take(ShownMax))}{(groups.Length > ShownMax ? ", ..." : "")}")
            + ". Name the group to CreateClient or AddRaftClient, or set raft.group.");
    }

    private LiveClient<TValue, TResult> NewClient<TValue, TResult>(
        string group,
        IReadOnlyList<string>? contacts,
        RaftCodec<TValue>? codec,
        RaftCodec<TResult>? resultCodec,
        bool isListed)
    {
        _network.Start(isClient: true);
        var client = LiveClient<TValue, TResult>.Make(_system, _network, _system.Settings.Config, group, contacts, codec, resultCodec);
        var calls = client.Calls;
        _clients[calls] = (client.Group, contacts, isListed);
        calls.Stopped.ContinueWith(
            _ => _clients.TryRemove(calls, out var _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return client;
    }

    private ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>> Ordered()
    {
        lock (_lock)
        {
            return _ordered.IsDefault ? _ordered = [.. _processes.OrderBy(each => each.Key)] : _ordered;
        }
    }

    private void Note(RaftShards shards) => _shards[(shards.Name, shards.All.Count)] = shards;

    private ProcessOpening? FindOpening(RaftSettings settings) =>
        Find(new ProcessPlace(settings.Group, settings.Self)) is { HasFailed: false } opening ? opening : null;

    private ProcessOpening? Find(ProcessPlace place)
    {
        lock (_lock)
        {
            return _processes.GetValueOrDefault(place);
        }
    }

    // An actor system without an address has no other nodes.
    private INodeSource? SourceOf(ExtendedActorSystem system, DiscoverySettings discovery, bool isAtName) =>
        _network.Address.HasLocalScope ? null
        : isAtName || discovery.IsByNames ? new NamedNodes(_network.Address, discovery.Contacts, system.Log, isAtName)
        : DiscoveryCheck.IsClustered(system) ? new ClusterNodes(Cluster.Get(system))
        : null;

    private async Task<Outcome<Membership>> AskForPlaceAsync(RaftSettings settings)
    {
        await using var client = CreateClient(settings.Group);
        return await client.JoinAsync(settings.Self).ConfigureAwait(false);
    }

    private RaftProcess Open(RaftSettings settings, LogSlice preload, Func<IRaftStore>? makeStore)
    {
        var owner = new StoreOwner(settings.Group, settings.Self);
        if (ScriptedHost is not null)
        {
            var (scripted, nothing) = HostedStore.Open(new MemoryStore(), owner, preload);
            return new RaftProcess(settings, scripted, nothing, preload, _system.Scheduler);
        }

        var spansNodes = settings.IsJoining || (settings.SpansNodes && !_network.Address.HasLocalScope);
        var (store, recovered) = HostedStore.Open(
            makeStore?.Invoke() ?? _stores.StoreOf(settings.Store, owner, spansNodes), owner, preload);
        try
        {
            foreach (var note in recovered.Notes)
            {
                _system.Log.Warning("The store of {0}: {1}", owner, note);
            }

            var process = new RaftProcess(settings, store, recovered, preload, _system.Scheduler)
            {
                AskForPlace = settings.JoinsItself ? () => AskForPlaceAsync(settings) : null,
            };
            ValueSlabs.Of(_system).Add(process.Member, store.Values);
            process.MakeCore();
            if (makeStore is not null || settings.Store.Directory.Length > 0)
            {
                // A store that is unexpectedly new shows that its directory is wrong or gone.
                _system.Log.Info("The store of {0} {1}", owner, recovered.IsNew ? "is new" : $"goes up to serial {process.Found}");
            }

            return process;
        }
        catch
        {
            store.Close();
            throw;
        }
    }

    private void EndClients()
    {
        foreach (var client in _clients.Keys)
        {
            client.OnSystemStopped();
        }
    }

    // The engines have closed theirs by now. The others belong to processes without an engine. An opening that runs may take long, and
    // other nodes must not think meanwhile that the engines are in reach, so the connections end first.
    private void CloseStores()
    {
        _network.Network?.Dispose();
        _stores.EndOpenings();
        lock (_lock)
        {
            foreach (var opening in _processes.Values)
            {
                opening.Close();
            }
        }
    }
}
