using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Hosting;

using RaftActors.Coordination;
using RaftActors.Persistence;

namespace RaftActors.Hosting;

/// <summary>The state that the extensions of one <see cref="AkkaConfigurationBuilder"/> share.</summary>
internal sealed class RaftPlan
{
    private const string DowningProvider = "akka.cluster.downing-provider-class";

    private static readonly ConditionalWeakTable<AkkaConfigurationBuilder, RaftPlan> Plans = [];

    // A reference.conf of Akka.NET sets these, and an application hardly does.
    private static readonly string[][] References =
    [
        ["akka.cluster.singleton.singleton-name", "akka.cluster.singleton.min-number-of-hand-over-retries"],
        ["akka.cluster.sharding.guardian-name", "akka.cluster.sharding.snapshot-after"],
        ["akka.cluster.distributed-data.name", "akka.cluster.distributed-data.durable.lmdb.map-size"],
    ];

    private readonly AkkaConfigurationBuilder _builder;
    private readonly List<Action<Raft>> _steps = [];
    private int _starting;
    private bool _hasCoordination;

    private RaftPlan(AkkaConfigurationBuilder builder)
    {
        _builder = builder;
        builder.AddSetup(new RaftSetup(raft => _steps.ForEach(step => step(raft))));
        builder.AddHocon(Raft.DefaultConfig(), HoconAddMode.Append);
        builder.StartActors((system, _) => ProblemMetrics.Add(system));
    }

    /// <summary>The builder was told to start a remoting or a cluster.</summary>
    public bool HasAddress =>
        _builder.ActorRefProvider.HasValue || ProviderText.Contains("remote", StringComparison.OrdinalIgnoreCase) || IsClustered;

    // A decorated provider does not tell whether it is one of a cluster, so the configuration decides.
    public bool IsClustered => _builder.ActorRefProvider is { HasValue: true, Value: var provider }
        ? provider is ProviderSelection.Cluster || (provider is ProviderSelection.Custom && Config.HasPath("akka.cluster"))
        : ProviderText.Contains("cluster", StringComparison.OrdinalIgnoreCase);

    /// <summary>All raft actors that the builder was told to start have started.</summary>
    public bool HasStarted => Volatile.Read(ref _starting) == 0;

    private Config Config => _builder.Configuration.GetOrElse(Config.Empty);

    private string ProviderText => Config.GetString("akka.actor.provider") ?? "";

    public static RaftPlan Of(AkkaConfigurationBuilder builder) => Plans.GetValue(builder, each => new RaftPlan(each));

    /// <summary>Adds a step that comes before all raft actors and clients.</summary>
    public void Add(Action<Raft> step) => _steps.Add(step);

    /// <exception cref="RaftStartException">An option is wrong.</exception>
    public void Add(RaftNodeOptions options)
    {
        NodeOptionsCheck.Demand(options, HasAddress);
        if (options.Hocon is { } hocon)
        {
            _builder.AddHocon(ParseHocon(hocon, $"{RaftNodeOptions.Section}:{nameof(options.Hocon)}"), HoconAddMode.Prepend);
        }

        _builder.AddHocon(NodeHocon.Of(options), HoconAddMode.Prepend);

        // Without this, a second program at the same port starts on Linux, and takes some of the messages.
        AddDefault("akka.remote.dot-netty.tcp.tcp-reuse-addr = off");

        // The host stops the actor system. Without this, Akka.NET does so on a signal, while the host still serves requests.
        AddDefault("akka.coordinated-shutdown.run-by-clr-shutdown-hook = off");
        if (IsClustered)
        {
            // The default of 5 s would keep a restarted node from its cluster for as long.
            AddDefault("akka.remote.retry-gate-closed-for = 500ms");

            // The cluster ignores the first join of a node that restarted quickly, and the default tries again after 10 s.
            AddDefault("akka.cluster.retry-unsuccessful-join-after = 1s");

            // Without this, two nodes sometimes lose all messages to each other after one of them has restarted quickly.
            AddDefault("akka.remote.use-passive-connections = off");
        }

        if (!HasAddress)
        {
            StartRemoting(options);
        }

        // The members of a cluster know each other, so a node that joins needs no contacts.
        const string Discovery = "raft.discovery";
        if (IsClustered && ReferenceEquals(Config.GetValue(Discovery), Raft.DefaultConfig().GetValue(Discovery)))
        {
            _builder.AddHocon($"{Discovery} = cluster", HoconAddMode.Prepend);
        }
    }

    /// <summary>Adds the section of a group, by which clients find the only group of a node before its actor has started.</summary>
    /// <exception cref="RaftStartException">An option is wrong.</exception>
    public void Add(string group, RaftGroupOptions? options)
    {
        // Akka.NET cannot find the section of such a group. Its actor starts without one.
        if (group.Contains('.') && options is null)
        {
            return;
        }

        var settings = Config.Empty;
        if (options is not null)
        {
            NodeOptionsCheck.Demand(group, options);
            var hocon = ParseHocon(options.Hocon ?? "", $"{nameof(RaftGroupOptions)}.{nameof(options.Hocon)} of '{group}'");
            if (hocon.AsEnumerable().FirstOrDefault(each => each.Key != "raft").Key is { } other)
            {
                throw new RaftStartException(
                    $"The options of the group '{group}' are wrong. Their HOCON sets '{other}', but a group has settings of raft alone. "
                    + $"Move it to {nameof(RaftNodeOptions)}.",
                    null);
            }

            settings = NodeHocon.Of(options).WithFallback(hocon);
        }

        _builder.AddHocon(NodeHocon.OfGroup(group, settings), HoconAddMode.Prepend);
    }

    /// <summary>Adds the role that a node with raft actors needs, so that others look for them on it.</summary>
    public void AddRole()
    {
        const string Role = "raft";
        var roles = Config.GetStringList("akka.cluster.roles") ?? [];
        if (IsClustered && !roles.Contains(Role))
        {
            _builder.AddHocon($"akka.cluster.roles = {NodeHocon.List([.. roles, Role])}", HoconAddMode.Prepend);
        }
    }

    /// <summary>Adds the settings of the coordination group and of its lease. A second call does nothing.</summary>
    public void AddCoordination()
    {
        if (!_hasCoordination)
        {
            _hasCoordination = true;
            _builder.AddHocon(RaftCoordination.DefaultConfig(), HoconAddMode.Append);
        }
    }

    /// <summary>
    /// Adds the settings of Akka.Cluster that fit the coordination. The downing provider takes the place of any other one. Each other
    /// setting is added unless the application sets it.
    /// </summary>
    public void AddClusterSettings()
    {
        AddUnlessSet(RaftCoordination.ClusterConfig(), DowningProvider);
    }

    /// <summary>Adds the settings by which Akka.Cluster keeps its state in the journal, unless the application sets them.</summary>
    public void AddPersistenceSettings()
    {
        if (IsClustered)
        {
            AddUnlessSet(RaftPersistence.ClusterConfig());
        }
    }

    /// <summary>Starts actors when Akka.Hosting starts actors, and ends when they have started.</summary>
    public void AddActors(Func<IServiceProvider, ActorSystem, IEnumerable<PlannedActor>> plan)
    {
        AddRole();
        var wasClustered = IsClustered;
        Interlocked.Increment(ref _starting);
        _builder.StartActors((ActorStarterWithResolver)(async (system, registry, resolver) =>
        {
            if (((ExtendedActorSystem)system).Provider is IClusterActorRefProvider && !wasClustered)
            {
                throw new RaftStartException("WithClustering was called after WithRaft. Call it before WithRaft.", null);
            }

            await ActorStart.RunAsync(system, registry, plan(resolver.GetService<IServiceProvider>(), system)).ConfigureAwait(false);
            Interlocked.Decrement(ref _starting);
        }));
    }

    // WithClustering appends the reference.conf of sharding and of singletons, so a default that is appended after it would have no effect.
    private bool IsSet(string path) =>
        LayerOf(path) is { } layer && !References.Any(reference => reference.All(each => LayerOf(each) == layer));

    // A merged configuration has the values of its layers themselves, so the last layer with the same value is the one that sets it.
    private Config? LayerOf(string path)
    {
        var value = Config.HasPath(path) ? Config.GetValue(path) : null;
        Config? found = null;
        for (var layer = Config; value is not null && layer is not null; layer = layer.Fallback)
        {
            found = ReferenceEquals(layer.GetValue(path), value) ? layer : found;
        }

        return found;
    }

    private static IEnumerable<string> PathsOf(HoconValue value, string path) => value.IsObject()
        ? value.GetObject().Items.SelectMany(item => PathsOf(item.Value, path.Length == 0 ? item.Key : $"{path}.{item.Key}"))
        : [path];

    private void AddUnlessSet(Config fitting, string? always = null)
    {
        foreach (var path in PathsOf(fitting.Root, "").Where(path => path == always || !IsSet(path)))
        {
            _builder.AddHocon($"{path} = {NodeHocon.Quote(fitting.GetString(path))}", HoconAddMode.Prepend);
        }
    }

    private void AddDefault(string hocon) => _builder.AddHocon(hocon, HoconAddMode.Append);

    private void StartRemoting(RaftNodeOptions options)
    {
        if (options.Node is not { } node)
        {
            return;
        }

        var (host, port) = NodeAddress.Parse(node)!.Value; // Justification: the options were checked.
        DemandFree(host, port);
        _builder.AddSetup(BootstrapSetup.Create().WithActorRefProvider(ProviderSelection.Remote.Instance));
        AddDefault($"akka.remote.dot-netty.tcp {{ hostname = {NodeHocon.Quote(host)}, port = {port} }}");
    }

    // Checked here, because the remoting would print nested exceptions, and the cause is the innermost.
    private static void DemandFree(string host, int port)
    {
        try
        {
            var address = IPAddress.TryParse(host, out var parsed) ? parsed : Dns.GetHostAddresses(host)[0];
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException cause)
        {
            var reason = cause.SocketErrorCode == SocketError.AddressAlreadyInUse ? "the port is in use" : cause.Message;
            const string Option = $"{RaftNodeOptions.Section}:{nameof(RaftNodeOptions.Node)}";
            throw new RaftStartException(
                $"Cannot listen on {host}:{port}: {reason}. Stop the process that has the port, or change {Option}.", null);
        }
    }

    /// <summary>Returns the class that a setting of the coordination names to Akka.NET.</summary>
    public static Type PlugIn(string setting) => Type.GetType(RaftCoordination.DefaultConfig().GetString(setting), throwOnError: true)!;

    private static Config ParseHocon(string text, string source)
    {
        try
        {
            return Raft.ParseHocon(text, source);
        }
        catch (RaftConfigurationException cause)
        {
            throw new RaftStartException(cause.Message, cause);
        }
    }
}

/// <summary>An actor to start.</summary>
/// <param name="Name">The name of the actor below <c>/user</c>.</param>
/// <param name="Key">Its key in the registry, or null.</param>
/// <param name="MakeProps">Makes the Props. The second argument is the <c>onFailed</c> of the producer.</param>
internal sealed record PlannedActor(string Name, Type? Key, Func<ActorSystem, Func<Exception, bool>, Props> MakeProps)
{
    /// <summary>The group of this name has options, so the actor must be of it.</summary>
    public bool HasOptions { get; init; }
}
