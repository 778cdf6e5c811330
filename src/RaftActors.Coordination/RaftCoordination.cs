using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;

using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;

using RaftActors.Coordination.Bootstrap;
using RaftActors.Coordination.Group;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.Settings;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination;

/// <summary>
/// Locks, semaphores, elections and items that programs share, kept by a raft group of their own. All that a program holds belongs to its
/// one session, which is renewed twice a second. Thread-safe.
/// <para>
/// The nodes of the group's roster run its processes. They start with the first use on their node, even if Akka.Cluster makes a lease. A
/// program without an actor system is a client of the group.
/// </para>
/// </summary>
public sealed class RaftCoordination : IExtension, IAsyncDisposable
{
    private readonly CoordinationCalls _calls;
    private readonly SessionKeeper _keeper;
    private readonly Claims _locks;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<string, RaftLock> _leases = [];
    private readonly LeaseProbe? _probe;
    private readonly string _system;
    private ClusterBootstrap? _bootstrap;

    /// <param name="settings">The settings of this program, which may have no process of the group.</param>
    /// <param name="leaseTimeout">The time within which Akka.Cluster must acquire a lease. Null: this program has no leases.</param>
    /// <param name="system">The name of the actor system, or of the program.</param>
    internal RaftCoordination(
        CoordinationCalls calls,
        CoordinationSettings settings,
        TimeSpan? leaseTimeout,
        string system,
        TimeProvider time,
        ILoggingAdapter log)
    {
        (_calls, _log, _system, Group, Time) = (calls, log, system, settings.Group, time);
        _keeper = new SessionKeeper(calls, settings, settings.Self, time, log);
        _locks = new Claims(calls, _keeper);
        Items = new RaftItems(calls, _keeper);
        _probe = leaseTimeout is { } limit ? new LeaseProbe(_locks, _keeper, settings, limit, time, log) : null;
    }

    internal static RaftCoordination Start(ExtendedActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(DefaultConfig());
        var raft = Raft.Get(system);
        var settings = CoordinationSettings.Read(system.Settings.Config, raft.Node);
        if (settings.IsMember)
        {
            system.SystemActorOf(Props.Create(() => new CoordinationActor(settings)), "raft-coordination");
        }

        RaftCoordination coordination = new(
            CallsBy(raft, settings, system.Settings.Config),
            settings,
            system.Settings.Config.GetTimeSpan("akka.coordination.lease.raft.lease-operation-timeout"),
            system.Name,
            Raft.Time,
            Logging.GetLogger(system, typeof(RaftCoordination)));
        _ = coordination._probe!.RunAsync(); // Justification: it has a lease timeout.
        if (BootstrapSettings.Read(system) is { } bootstrap)
        {
            coordination._bootstrap = coordination.StartBootstrap(Cluster.Get(system), settings, bootstrap);
        }

        // The session closes in the last phase before the actors stop, because singletons and shards hand over until then.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "close-raft-session", async () =>
        {
            await coordination.DisposeAsync().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
        return coordination;
    }

    /// <summary>Small texts by name, such as settings and counters.</summary>
    public RaftItems Items { get; }

    internal SessionKeeper Sessions => _keeper;

    /// <summary>The name of the coordination group.</summary>
    public string Group { get; }

    /// <summary>
    /// The problems of this node's locks and leases now, as <see cref="RaftStatus.Problems"/> has those of a process. Empty: they can
    /// be acquired and kept. <see cref="ProblemSeverity.NotReady"/>: none can be acquired. <see cref="ProblemSeverity.Risk"/>: those that
    /// the node holds may soon be lost, because the group does not renew its session. Known without asking the group, so a health check may
    /// read it often. A program without an actor system has no leases, so it is empty there.
    /// </summary>
    public ImmutableArray<GroupProblem> Problems => _probe?.Problems ?? [];

    internal TimeProvider Time { get; }

    /// <summary>The coordination of an actor system. The first call starts it.</summary>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static RaftCoordination Get(ActorSystem system) => system.WithExtension<RaftCoordination, RaftCoordinationProvider>();

    /// <summary>
    /// Makes a program without an actor system a client of the group. It connects when it is first needed: reads of items open no session,
    /// and the first lock does. Dispose it before the connection. Otherwise others get its locks only when its session has expired.
    /// </summary>
    /// <param name="connection">
    /// A connection to nodes that run the group. Its settings may have <c>raft-coordination</c>, with the group and times of the nodes.
    /// </param>
    /// <param name="name">
    /// The name of this program in all that others read of its session and its locks. Names need not be unique. Null: <c>HOST/PID</c>.
    /// </param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public static RaftCoordination Connect(RaftConnection connection, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var program = name ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}");
        var settings = CoordinationSettings.Read(connection.Settings, program) with { Self = program };
        return new RaftCoordination(
            CallsBy(connection, settings, connection.Settings), settings, leaseTimeout: null, program, Raft.Time, NoLogger.Instance);
    }

    /// <summary>
    /// The defaults, with the lease <c>akka.coordination.lease.raft</c>. A system whose configuration names the lease needs them from the
    /// start: <c>config.WithFallback(RaftCoordination.DefaultConfig())</c>.
    /// </summary>
    public static Config DefaultConfig() => CoordinationSettings.Defaults;

    /// <summary>
    /// The settings of Akka.Cluster that fit the defaults: the downing provider, the leases of singletons and shards, and times by which
    /// they are taken over within seconds. <c>WithRaftDowning</c> of RaftActors.Hosting adds them. Without it:
    /// <c>config.WithFallback(RaftCoordination.ClusterConfig()).WithFallback(RaftCoordination.DefaultConfig())</c>.
    /// </summary>
    public static Config ClusterConfig() => CoordinationSettings.OfCluster;

    /// <summary>
    /// Checks the settings of <c>raft-coordination</c>. Akka.Cluster does so, too, but then a failure ends the actor system.
    /// </summary>
    /// <param name="config">The configuration of an actor system, which will have an Akka.Cluster if <c>bootstrap</c> is on.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong, such as a seed node.</exception>
    public static void Check(Config config)
    {
        CoordinationSettings.Check(config);
        if (config.GetBoolean("raft-coordination.bootstrap"))
        {
            BootstrapSettings.Read(config, isClustered: true);
        }
    }

    /// <summary>
    /// Acquires a lock, and waits for its turn: waiting claims are granted in the order in which they were made. The lock is not
    /// reentrant.
    /// </summary>
    /// <param name="name">The name of the lock, the same for all programs. At most 1000 characters.</param>
    /// <param name="permits">The number of programs that may hold it at the same time, the same in all calls. 1 is a lock.</param>
    /// <param name="text">What <see cref="ObserveAsync"/> tells of this holder, such as its address. At most 1000 characters.</param>
    /// <param name="timeout">
    /// The time until the lock is acquired. Then the claim is withdrawn. Null: the call waits until it has the lock or is cancelled,
    /// because the holder may need any time.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, and withdraws the claim.</param>
    /// <exception cref="RaftException">
    /// NotDone: the time is over, and other programs held the lock (<see cref="FailureReason.Busy"/>), or the group did not answer
    /// (<see cref="FailureReason.Unavailable"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The group refuses the call. The message says why.</exception>
    /// <exception cref="ObjectDisposedException">The actor system has ended, or this object was disposed.</exception>
    public async Task<RaftLock> LockAsync(
        string name, int permits = 1, string? text = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var limit = timeout ?? Timeout.InfiniteTimeSpan;
        var acquired = await _locks.AcquireAsync(name, permits, waits: true, text, limit, cancellationToken).ConfigureAwait(false);
        return acquired!; // Justification: a claim that waits is granted, or throws.
    }

    /// <summary>Acquires a lock if it is free. It does not wait for the holder. Otherwise like <see cref="LockAsync"/>.</summary>
    /// <param name="name">As in <see cref="LockAsync"/>.</param>
    /// <param name="permits">As in <see cref="LockAsync"/>.</param>
    /// <param name="text">As in <see cref="LockAsync"/>.</param>
    /// <param name="timeout">
    /// The time until the group answers. Null: <c>raft.append-timeout</c>, 5 s by default. <see cref="Timeout.InfiniteTimeSpan"/> waits
    /// until the call is cancelled.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the group.</param>
    /// <returns>Null if another program holds it.</returns>
    /// <exception cref="RaftException">The group did not answer in time (<see cref="FailureReason.Unavailable"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The group refuses the call. The message says why.</exception>
    /// <exception cref="ObjectDisposedException">The actor system has ended, or this object was disposed.</exception>
    public Task<RaftLock?> TryLockAsync(
        string name, int permits = 1, string? text = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _locks.AcquireAsync(name, permits, waits: false, text, timeout ?? _calls.Timeouts.Append, cancellationToken);

    /// <summary>
    /// Tells who holds a lock, now and whenever it changes. So a lock is an election: its holder leads, the programs that wait for it are
    /// the candidates, and all others observe. Holders that come and go between two answers of the group are skipped. The stream continues
    /// after failures of the group.
    /// </summary>
    /// <param name="name">The name of the lock.</param>
    /// <param name="timeout">
    /// The time until the first answer. Null: <c>raft.query-timeout</c>, 5 s by default. <see cref="Timeout.InfiniteTimeSpan"/> waits until
    /// the group answers.
    /// </param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The holders, in the order in which they were granted: none or one of a lock, and more of a semaphore.</returns>
    /// <exception cref="RaftException">The first answer did not come in time, or this program may not read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The actor system has ended, or this object was disposed.</exception>
    public IAsyncEnumerable<IReadOnlyList<RaftClaim>> ObserveAsync(
        string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _locks.ObserveAsync(name, timeout ?? _calls.Timeouts.Query, cancellationToken);
    }

    /// <summary>
    /// Returns the fencing token of a cluster singleton or of a sharded entity whose manager holds a lease of raft. The next singleton or
    /// shard of this name has a higher token, on any node. Send the token with each change of an external resource; see <see
    /// cref="RaftLock"/>.
    /// </summary>
    /// <param name="actor">The context of the singleton or of the entity itself, not that of a child.</param>
    /// <returns>Null if there is no such lease, or this node does not hold it any more.</returns>
    public long? TokenOf(IActorContext actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var parent = actor.Parent.Path;
        return TokenOf($"{_system}-singleton-{parent}")
            ?? TokenOf($"{_system}-shard-{parent.Parent.Name}-{parent.Name}");
    }

    /// <summary>
    /// Describes sessions and locks for people. By default it does so as the process of this node has applied them, or any other process if
    /// this node has none: they may lag behind the group without bound, so they are available without a quorum.
    /// </summary>
    /// <param name="name">The only lock to describe, or null for all, as far as the answer is bounded.</param>
    /// <param name="timeout">The time until the answer. Null: <c>raft.query-timeout</c>, 5 s by default.</param>
    /// <param name="consistency">How old the answer may be. Null: <see cref="ReadConsistency.Local"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RaftException">No process answered in time, or it does not know the question.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RaftOverview> DescribeAsync(
        string? name = null,
        TimeSpan? timeout = null,
        ReadConsistency? consistency = null,
        CancellationToken cancellationToken = default)
    {
        var (overview, serial) = await _calls.AskAsync(
            new Question.OfOverview(name),
            CoordinationJson.Default.RaftOverview,
            timeout ?? _calls.Timeouts.Query,
            consistency ?? ReadConsistency.Local,
            cancellationToken).ConfigureAwait(false);
        return overview with { Serial = serial };
    }

    /// <summary>
    /// Takes a lock away from its holder, for an operator, like <c>raft lock break</c>. The holder learns it with its next renewal, and
    /// its library releases the lock when the program was told and had <c>session-timeout</c> times <c>clock-drift</c> to stop, 0.3 s
    /// by default. Then the next program gets the lock, with a higher token. If the holder does not answer, that happens when its
    /// session has expired. With <c>raft.security</c> this node needs the role operator.
    /// </summary>
    /// <param name="name">The name of the lock.</param>
    /// <param name="holder">
    /// The holder, as <see cref="DescribeAsync"/> and <see cref="ObserveAsync"/> show it. It loses all permits that it got with this token.
    /// </param>
    /// <param name="timeout">The time for all attempts. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call. The lock may nevertheless be taken away.</param>
    /// <returns>False if it does not hold the lock any more.</returns>
    /// <exception cref="RaftException">
    /// No answer came in time, so the lock may nevertheless be taken away. Or this node is no operator
    /// (<see cref="FailureReason.Unauthorized"/>).
    /// </exception>
    /// <exception cref="InvalidOperationException">The group refuses the call. The message says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> BreakAsync(
        string name, RaftClaim holder, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(holder);
        var command = new Command.Break(holder.Token, holder.Session);
        return await CommandAsync(name, command, $"'{name}' is taken away", timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends a session with all of its locks and items, for an operator, like <c>raft session end</c>. Its program learns it with its next
    /// renewal, and closes the session when it had time to stop, as in <see cref="BreakAsync"/>. If the program does not answer, the
    /// session expires. With <c>raft.security</c> this program needs the role operator.
    /// </summary>
    /// <param name="session">The number of the session, as <see cref="DescribeAsync"/> shows it.</param>
    /// <param name="timeout">The time for all attempts. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call. The session may nevertheless be ended.</param>
    /// <returns>False if there is no such session. So a repeat that returns false shows that the session is gone.</returns>
    /// <exception cref="RaftException">As in <see cref="BreakAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> EndSessionAsync(long session, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var key = session.ToString(CultureInfo.InvariantCulture);
        return await CommandAsync(key, new Command.End(session), $"the session {session} is ended", timeout, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the session, which releases all that this program holds, and ends all calls. An actor system does it when it ends, so dispose
    /// only what <see cref="Connect"/> has returned. After the first call it has no effect.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_bootstrap is { } running)
        {
            await running.DisposeAsync().ConfigureAwait(false);
        }

        await _keeper.DisposeAsync().ConfigureAwait(false);

        // The group forgets the clients at once, so a restart of all programs pushes out no other client.
        await _calls.DisposeAsync().ConfigureAwait(false);
    }

    internal void OnLease(string name, RaftLock held) => _leases[name] = held;

    internal void OnLeaseEnded(string name, RaftLock ended) => _leases.TryRemove(KeyValuePair.Create(name, ended));

    private static CoordinationCalls CallsBy(IRaftClients clients, CoordinationSettings settings, Config config)
    {
        return new CoordinationCalls(CreateClient(), Raft.Time, CreateClient())
        {
            Timeouts = CallTimeouts.Read(config, settings.Group),
        };

        RaftClient<Command, Answer> CreateClient() => clients.CreateClient(
            settings.Group,
            codec: RaftCodec.Json(CoordinationJson.Default.Command),
            resultCodec: RaftCodec.Json(CoordinationJson.Default.Answer));
    }

    private async Task<bool> CommandAsync(
        string key, Command command, string what, TimeSpan? timeout, CancellationToken cancellation)
    {
        var limit = timeout ?? _calls.Timeouts.Append;
        var (answer, _) = await _calls.DemandAsync(
            key,
            command,
            limit,
            _calls.TimeLeft(limit),
            $"whether {what}",
            "Read DescribeAsync, and try again.",
            refused: "",
            cancellation).ConfigureAwait(false);
        return answer is Answer.Done;
    }

    private ClusterBootstrap StartBootstrap(Cluster cluster, CoordinationSettings settings, BootstrapSettings bootstrap)
    {
        // The claim has its own session with a longer timeout, because a short failure of the group ends locks and should not end the
        // cluster.
        var membership = settings with { SessionTimeout = bootstrap.MemberTimeout, RenewInterval = bootstrap.MemberTimeout / 10 };
        var keeper = new SessionKeeper(_calls, membership, $"member@{settings.Self}", Time, _log, "the place of this node in its cluster");
        var started = new ClusterBootstrap(
            Seat.Of(cluster), _system, InBackground(keeper), keeper, Time, _log, settings.Remedy);
        cluster.RegisterOnMemberUp(() => _ = started.OnUpAsync());
        cluster.RegisterOnMemberRemoved(() => _ = started.DisposeAsync().AsTask());
        _ = started.RunAsync();
        return started;
    }

    private RaftItems InBackground(SessionKeeper keeper) => new(_calls, keeper, CallTimeouts.InBackground);

    /// <summary>Returns the token of a lease, or null if this node does not hold it.</summary>
    internal long? TokenOf(string lease) => _leases.TryGetValue(lease, out var held) && held.IsHeld ? held.Token : null;
}

internal sealed class RaftCoordinationProvider : ExtensionIdProvider<RaftCoordination>
{
    public override RaftCoordination CreateExtension(ExtendedActorSystem system) => RaftCoordination.Start(system);
}
