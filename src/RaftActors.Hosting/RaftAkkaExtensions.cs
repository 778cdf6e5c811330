using System.Text.Json.Serialization;

using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

using RaftActors.Coordination;
using RaftActors.Persistence;

namespace RaftActors.Hosting;

/// <summary>
/// Adds raft actors to an actor system of Akka.Hosting. Call the methods after <c>WithRemoting</c> and <c>WithClustering</c>. The start of
/// the host fails with a <see cref="RaftStartException"/> if an option is wrong or an actor cannot start. The stop of the host runs
/// Akka's CoordinatedShutdown, in which a leader transfers its leadership first.
/// </summary>
public static class RaftAkkaExtensions
{
    /// <summary>
    /// Sets the options of this node. Nodes find each other by Akka.Cluster after <c>WithClustering</c>, and by their names otherwise.
    /// <para>
    /// It also sets these settings of Akka where the application does not: <c>akka.remote.dot-netty.tcp.tcp-reuse-addr = off</c>, so that
    /// the start fails if another program has the port; <c>akka.coordinated-shutdown.run-by-clr-shutdown-hook = off</c>, because the host
    /// stops the actor system; with a cluster <c>akka.remote.retry-gate-closed-for = 500ms</c> and
    /// <c>akka.cluster.retry-unsuccessful-join-after = 1s</c>, so that a restarted node joins sooner, and
    /// <c>akka.remote.use-passive-connections = off</c>, so that it gets all messages; the serializer of raft's
    /// messages; and Akka.Remote at <see cref="RaftNodeOptions.Node"/> if there is no remoting yet.
    /// </para>
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <param name="options">The options. Each unset one leaves the choice to the HOCON.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="RaftStartException">An option is wrong.</exception>
    public static AkkaConfigurationBuilder WithRaft(this AkkaConfigurationBuilder builder, RaftNodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RaftPlan.Of(builder).Add(options);
        return builder;
    }

    /// <summary>
    /// Sets the options of this node that <c>services.AddRaftOptions()</c> has read from the configuration. Otherwise as
    /// <see cref="WithRaft(AkkaConfigurationBuilder, RaftNodeOptions)"/>.
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <param name="services">The services that AddAkka passes.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="RaftStartException">AddRaftOptions was not called, or an option is wrong.</exception>
    public static AkkaConfigurationBuilder WithRaft(this AkkaConfigurationBuilder builder, IServiceProvider services) =>
        services.GetService<IConfigureOptions<RaftNodeOptions>>() is null
            ? throw new RaftStartException("WithRaft(services) has no options. Call services.AddRaftOptions() beside AddAkka.", null)
            : builder.WithRaft(services.GetRequiredService<IOptions<RaftNodeOptions>>().Value);

    /// <summary>
    /// Calls the <see cref="Raft"/> of the node before its first raft actor or client is created: <see cref="Raft.UseJson"/> for types that
    /// are written as JSON and <see cref="Raft.AddResultType{TResult}"/>. Several steps run in their order.
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <param name="step">Such as <c>raft => raft.UseJson(ShopJson.Default)</c>.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRaftSetup(this AkkaConfigurationBuilder builder, Action<Raft> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        RaftPlan.Of(builder).Add(step);
        return builder;
    }

    /// <summary>
    /// Starts a raft actor and registers it in the <see cref="ActorRegistry"/>, so <c>IRequiredActor&lt;TActor&gt;</c> finds it. Services
    /// fill its constructor. Each instance has a scope of its own, which is disposed when the instance stops or is restarted. In an
    /// Akka.Cluster this node gets the role <c>raft</c>.
    /// </summary>
    /// <typeparam name="TActor">The type of the actor, and its key in the registry.</typeparam>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <param name="name">
    /// The name of the actor below <c>/user</c>, of its process, and of its group, unless the <see cref="RaftOptions{TValue}"/> of the
    /// actor name others.
    /// </param>
    /// <param name="options">The settings of its group that differ from those of the node, the same on all nodes. Null: none.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The type is no raft actor, or the name is empty.</exception>
    /// <exception cref="RaftStartException">An option is wrong.</exception>
    public static AkkaConfigurationBuilder WithRaftActor<TActor>(
        this AkkaConfigurationBuilder builder, string name, RaftGroupOptions? options = null)
        where TActor : ActorBase => builder.WithRaftActor<TActor, TActor>(name, options);

    /// <summary>Does the same with another key in the registry, for several actors of one type.</summary>
    /// <typeparam name="TKey">The key in the registry.</typeparam>
    /// <typeparam name="TActor">The type of the actor.</typeparam>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <param name="name">As in <see cref="WithRaftActor{TActor}"/>.</param>
    /// <param name="options">As there.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The type is no raft actor, or the name is empty.</exception>
    /// <exception cref="RaftStartException">An option is wrong.</exception>
    public static AkkaConfigurationBuilder WithRaftActor<TKey, TActor>(
        this AkkaConfigurationBuilder builder, string name, RaftGroupOptions? options = null)
        where TActor : ActorBase
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        RaftPlan.Of(builder).Add(name, options);
        return builder.Add<TActor>((_, _) => [(name, typeof(TKey), [])], hasOptions: options is not null);
    }

    /// <summary>
    /// Starts one raft actor of this type for each shard that has a process on this node. Services fill the constructor as with <see
    /// cref="WithRaftActor{TActor}"/>. One of its parameters is the <see cref="RaftShard"/>, for <see cref="RaftOptions{TValue}.Shard"/>.
    /// </summary>
    /// <typeparam name="TActor">The type of the actors.</typeparam>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <param name="shards">The shards, the same on all nodes. The group of a shard is the name of its actor, too.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The type is no raft actor.</exception>
    public static AkkaConfigurationBuilder WithRaftShards<TActor>(this AkkaConfigurationBuilder builder, RaftShards shards)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(shards);
        return builder.Add<TActor>((_, system) => Raft.Get(system).ShardsHere(shards)
            .Select(shard => (shard.Group, (Type?)null, new object[] { shard })));
    }

    /// <summary>
    /// Starts the actors that host entities, one for each shard that has a process on this node. Services fill the constructor of an entity
    /// at each command and question. They must be singletons of the application, because there is no scope.
    /// <c>services.AddRaftEntityClient&lt;TCommand, TResult&gt;(shards)</c> registers a client.
    /// </summary>
    /// <typeparam name="TEntity">The type of the entities.</typeparam>
    /// <typeparam name="TState">The type of their states.</typeparam>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <param name="shards">The shards, the same on all nodes.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRaftEntities<TEntity, TState>(
        this AkkaConfigurationBuilder builder, RaftShards shards, EntityShardOptions<TState>? options = null)
        where TEntity : ReplicatedEntity<TState>
    {
        ArgumentNullException.ThrowIfNull(shards);
        var create = ActivatorUtilities.CreateFactory<TEntity>([]);
        return builder.Add<EntityShard<TEntity, TState>>((services, system) => Raft.Get(system).ShardsHere(shards)
            .Select(shard => (shard.Group, (Type?)null, new object[]
            {
                shard,
                new Func<TEntity>(() => create(services, null)),
                options ?? new EntityShardOptions<TState>(),
            })));
    }

    /// <summary>
    /// Starts the coordination of this node: <see cref="RaftCoordination"/> for locks, and the lease that <see cref="RaftLeaseOption"/>
    /// names. The nodes of <see cref="RaftGroupOptions.Nodes"/> have a process of the coordination group each, and other nodes are clients
    /// of it. In an Akka.Cluster this node gets the role <c>raft</c>. <c>services.AddRaftCoordination()</c> lets services ask for it.
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRaftCoordination(this AkkaConfigurationBuilder builder)
    {
        var plan = RaftPlan.Of(builder);
        plan.AddCoordination();
        plan.AddRole();
        return builder.WithActors((system, _) => RaftCoordination.Get(system));
    }

    /// <summary>
    /// Makes raft groups the journal and the snapshot store of all persistent actors that name no others, including those of Akka.NET
    /// itself. The nodes of <see cref="RaftGroupOptions.Nodes"/> have a process of each group, and other nodes are clients of them. In an
    /// Akka.Cluster this node gets the role <c>raft</c>, and the settings of <see cref="RaftPersistence.ClusterConfig"/> that the
    /// application has not set before this call. The settings of <c>raft-persistence</c> are HOCON.
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRaftPersistence(this AkkaConfigurationBuilder builder)
    {
        var plan = RaftPlan.Of(builder);
        plan.AddRole();
        plan.AddPersistenceSettings();
        return builder
            .AddHocon(
                """
                akka.persistence {
                  journal.plugin = "akka.persistence.journal.raft"
                  snapshot-store.plugin = "akka.persistence.snapshot-store.raft"
                }
                """,
                HoconAddMode.Prepend)
            .AddHocon(RaftPersistence.DefaultConfig(), HoconAddMode.Append)
            .WithActors((system, _) => RaftPersistence.Get(system));
    }

    /// <summary>
    /// Starts the group of <see cref="RaftReminders"/>, whose messages any actor may get. The nodes of <see cref="RaftGroupOptions.Nodes"/>
    /// have a process of it, and other nodes are clients. In an Akka.Cluster this node gets the role <c>raft</c>.
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRaftReminders(this AkkaConfigurationBuilder builder)
    {
        RaftPlan.Of(builder).AddRole();
        return builder
            .AddHocon(RaftPersistence.DefaultConfig(), HoconAddMode.Append)
            .WithActors((system, _) => RaftReminders.Get(system));
    }

    /// <summary>
    /// Lets the coordination group decide which members of the Akka.Cluster go down, by its <c>RaftDowningProvider</c>. It takes the place
    /// of a split brain resolver that <c>WithClustering</c> names. Includes <see cref="WithRaftCoordination"/>.
    /// <para>
    /// All singletons and shards get the lease of raft, and Akka.Cluster the times of <see cref="RaftCoordination.ClusterConfig"/>. What
    /// the application sets before this call, or prepends later, wins.
    /// </para>
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRaftDowning(this AkkaConfigurationBuilder builder)
    {
        RaftPlan.Of(builder).AddClusterSettings();
        return builder.WithRaftCoordination();
    }

    /// <summary>
    /// Lets the coordination group decide which Akka.Cluster there is, so that no second one forms: a node that starts joins the one that
    /// the group has recorded, or founds one if no node belongs to any. Takes the place of seed nodes, which the start refuses. The nodes
    /// must have addresses: it sets <c>raft.discovery = node-names</c>. Includes <see cref="WithRaftDowning"/>.
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="RaftConfigurationException">A setting before this line is wrong, such as a seed node.</exception>
    public static AkkaConfigurationBuilder WithRaftBootstrap(this AkkaConfigurationBuilder builder)
    {
        var made = builder.WithRaftDowning()
            .AddHocon(
                """
                raft-coordination.bootstrap = on
                raft.discovery = node-names
                akka.cluster.retry-unsuccessful-join-after = off
                """,
                HoconAddMode.Prepend);

        // The cluster checks this, too. But its failure ends the actor system, and the host may see only that end.
        RaftCoordination.Check(made.Configuration.GetOrElse(Config.Empty));
        return made;
    }

    /// <summary>
    /// Adds four health checks of the raft processes of this node. Each result has the <see cref="RaftStatus.Problems"/>. They need
    /// <c>services.AddHealthChecks()</c>.
    /// <list type="bullet">
    /// <item><c>raft-live</c>, tags <c>akka</c>, <c>raft</c>, <c>live</c>: no raft process of this node has stopped.</item>
    /// <item><c>raft-ready</c>, tags <c>akka</c>, <c>raft</c>, <c>ready</c>: each process is a member, knows a leader, and its actor has
    /// all pairs that it knows as committed.</item>
    /// <item><c>raft-at-risk</c>, tags <c>akka</c>, <c>raft</c>, <c>risk</c>: no process that lives has a problem with a remedy, so the
    /// quorum can lose one more voter, and the disk has room. It reports <see cref="HealthStatus.Degraded"/>.</item>
    /// <item><c>raft-coordination</c>, tags <c>akka</c>, <c>raft</c>, <c>ready</c>: the coordination group has granted a probe lease to
    /// this node and renews its session. Healthy on a node without coordination, and Degraded while renewals are late.</item>
    /// </list>
    /// </summary>
    /// <param name="builder">The builder that AddAkka passes.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRaftHealthChecks(this AkkaConfigurationBuilder builder)
    {
        var plan = RaftPlan.Of(builder);
        return builder
            .WithHealthCheck(
                "raft-live", Of(problem => problem.Severity == ProblemSeverity.Stopped), HealthStatus.Unhealthy, ["raft", "live"])
            .WithHealthCheck(
                "raft-ready", Of(problem => problem.Severity != ProblemSeverity.Risk, true), HealthStatus.Unhealthy, ["raft", "ready"])
            .WithHealthCheck(
                "raft-at-risk",
                Of(problem => problem is { Severity: not ProblemSeverity.Stopped, Remedy: not null }),
                HealthStatus.Degraded,
                ["raft", "risk"])
            .WithHealthCheck("raft-coordination", RaftHealth.OfCoordination, HealthStatus.Unhealthy, ["raft", "ready"]);

        RaftHealth Of(Predicate<GroupProblem> isCounted, bool mustBeStarted = false) =>
            RaftHealth.OfProcesses(plan, isCounted, mustBeStarted);
    }

    private static AkkaConfigurationBuilder Add<TActor>(
        this AkkaConfigurationBuilder builder,
        Func<IServiceProvider, ActorSystem, IEnumerable<(string Name, Type? Key, object[] Arguments)>> actors,
        bool hasOptions = false)
        where TActor : ActorBase
    {
        if (!IsRaftActor(typeof(TActor)))
        {
            throw new ArgumentException($"{typeof(TActor)} is no raft actor. Derive it from RaftActor<TValue, TResult>.");
        }

        RaftPlan.Of(builder).AddActors((services, system) => actors(services, system).Select(each => new PlannedActor(
            each.Name,
            each.Key,
            (_, onFailed) => Props.CreateBy(
                new ScopedActorProducer<TActor>(services, system.Log, onFailed, each.Arguments)))
        {
            HasOptions = hasOptions,
        }));
        return builder;
    }

    private static bool IsRaftActor(Type? type)
    {
        while (type is not null && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(RaftActor<,>)))
        {
            type = type.BaseType;
        }

        return type is not null;
    }
}
