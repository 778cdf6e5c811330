using Akka.Actor;
using Akka.Configuration;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

using RaftActors;
using RaftActors.Coordination;
using RaftActors.Hosting;
using RaftActors.Hosting.Backups;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers clients of raft groups, projections and backups, as singleton services. Clients live in the actor system that <c>AddAkka</c>
/// registers, on nodes with and without raft actors, or by <see cref="AddRaftConnection"/> without an actor system. They end with the
/// services. A client may be injected anywhere and used at once: a call waits for the group.
/// </summary>
public static class RaftServiceExtensions
{
    /// <summary>
    /// Binds <see cref="RaftNodeOptions"/> to the section <c>RaftActors</c>, for <c>WithRaft(services)</c>. If a key is unknown or an
    /// option is wrong, the start of the host fails with a <see cref="RaftStartException"/> before there is an actor system.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <returns>The options, for further steps.</returns>
    public static OptionsBuilder<RaftNodeOptions> AddRaftOptions(this IServiceCollection services) => services
        .AddOptions<RaftNodeOptions>()
        .Configure<IConfiguration>((options, configuration) => NodeOptionsCheck.Bind(configuration, options))
        .ValidateOnStart();

    /// <summary>
    /// Registers a <see cref="RaftConnection"/> for an application without an actor system. All other methods of this class that register
    /// clients, and <see cref="AddRaftCoordination"/>, then use it in place of an actor system.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="contacts">Nodes that know the groups, one or more: <c>host:port</c>. Null: <c>raft.client.contacts</c>.</param>
    /// <param name="settings">
    /// Settings of <c>raft</c> and <c>raft-coordination</c> that differ from the defaults, such as <c>raft.security</c>.
    /// </param>
    /// <param name="configure">Names types for JSON: <c>connection => connection.UseJson(ShopJson.Default)</c>.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRaftConnection(
        this IServiceCollection services,
        IReadOnlyList<string>? contacts = null,
        Config? settings = null,
        Action<RaftConnection>? configure = null) => services.AddSingleton(_ =>
        {
            RaftConnection connection = new(contacts, settings);
            configure?.Invoke(connection);
            return connection;
        });

    /// <summary>
    /// Registers a <see cref="RaftClient{TValue, TResult}"/> of a group. If a name is given, it is the key of the client, and the first one
    /// of its types is also there without a key.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the group, as its actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="group">The name of the group. Null: <c>raft.group</c>, or the only group of this node.</param>
    /// <param name="contacts">
    /// Nodes that know the group, besides the own one: <c>host:port</c>. Null: those of <see cref="AddRaftConnection"/>, or
    /// <c>raft.client.contacts</c>.
    /// </param>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</param>
    /// <param name="resultCodec">The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: they have none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRaftClient<TValue, TResult>(
        this IServiceCollection services,
        string? group = null,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null)
    {
        return group is null
            ? services.AddSingleton(Create)
            : services.AddNamed(group, Create);

        RaftClient<TValue, TResult> Create(IServiceProvider provider) =>
            ClientsOf(provider).CreateClient(group, contacts, codec, resultCodec);
    }

    /// <summary>
    /// Registers a <see cref="RaftShardsClient{TValue, TResult}"/> of shards, and the shards themselves. Both are keyed by the name of the
    /// shards. The first ones are also there without a key.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the groups, as their actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">
    /// Nodes that know the group, besides the own one: <c>host:port</c>. Null: those of <see cref="AddRaftConnection"/>, or
    /// <c>raft.client.contacts</c>.
    /// </param>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</param>
    /// <param name="resultCodec">The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: they have none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRaftClient<TValue, TResult>(
        this IServiceCollection services,
        RaftShards shards,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        return services
            .AddNamed(shards.Name, _ => shards)
            .AddNamed(shards.Name, provider => ClientsOf(provider).CreateClient(shards, contacts, codec, resultCodec));
    }

    /// <summary>
    /// Registers an <see cref="EntityClient{TCommand, TResult}"/> of the entities of shards, keyed by the name of the shards. The first
    /// one of its types is also there without a key.
    /// </summary>
    /// <typeparam name="TCommand">The type of the commands, as the entities have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleCommand, as the entities have it.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">As of <c>AddRaftClient</c>.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRaftEntityClient<TCommand, TResult>(
        this IServiceCollection services, RaftShards shards, IReadOnlyList<string>? contacts = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        return services.AddNamed(shards.Name, provider => ClientsOf(provider).CreateEntityClient<TCommand, TResult>(shards, contacts));
    }

    /// <summary>
    /// Runs a projection while the host runs. The start of the host does not wait for the group, and no failure of the group or of the
    /// projection ends the host. The log tells of failures, and so does the health check <c>raft-projections</c>: it is Degraded while the
    /// projection is tried again, and Unhealthy when it has ended.
    /// </summary>
    /// <typeparam name="TProjection">The type of the projection, which becomes a singleton service unless it is registered.</typeparam>
    /// <param name="services">The services of the application, with <c>AddRaftClient</c> for the types of the projection.</param>
    /// <param name="group">The name that <c>AddRaftClient</c> has as the key of the client, or null without a key.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRaftProjection<TProjection>(this IServiceCollection services, string? group = null)
        where TProjection : RaftProjection
    {
        services.TryAddSingleton<TProjection>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HealthCheckServiceOptions>, ProjectionHealth>());
        return services.AddSingleton<IHostedService>(provider => new ProjectionService(
            provider, provider.GetRequiredService<TProjection>(), group));
    }

    /// <summary>
    /// Makes backups of groups while the host runs, and verifies them. A whole backup begins a chain, and the next ones continue it. A new
    /// chain begins after a day, after 24 files, and when the group has compacted the pairs after the latest backup or a file is damaged.
    /// No failure ends the host. The log tells of it, the next turn tries again, and the health check <c>raft-backups</c> is Degraded.
    /// <para>
    /// With <see cref="AddRaftCoordination"/> one node at a time makes what its folder lacks. So nodes that share the folder make each
    /// backup once, and another node goes on when one is lost. Nodes with folders of their own make all backups each, and need no
    /// coordination. With <c>raft.security</c> the node needs the role operator.
    /// </para>
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="folder">The folder, which must exist and have room to unpack a chain. It may have other files.</param>
    /// <param name="every">The time between two backups of a group, at most 30 days.</param>
    /// <param name="keep">
    /// The number of chains, not of files, at least 1. The oldest chain is removed when so many newer ones are whole. They are read again
    /// before that.
    /// </param>
    /// <param name="groups">The groups. Null: all that have a process or a client on this node, or on a node of the connection.</param>
    /// <param name="limit">The age of the latest verified backup from which the check is Degraded. Null: twice <c>every</c>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The folder is empty, or a number or a time is out of range.</exception>
    public static IServiceCollection AddRaftBackups(
        this IServiceCollection services,
        string folder,
        TimeSpan every,
        int keep,
        IReadOnlyList<string>? groups = null,
        TimeSpan? limit = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(every, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(every, BackupPlan.EveryMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        BackupPlan plan = new(Path.GetFullPath(folder), every, keep, groups, limit ?? (2 * every));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HealthCheckServiceOptions>, BackupHealth>());
        return services.AddSingleton<IHostedService>(
            provider => new BackupService(provider, plan, provider.GetService<TimeProvider>() ?? Raft.Time));
    }

    /// <summary>
    /// Registers the <see cref="RaftCoordination"/> of the actor system: locks that nodes share. Call <c>WithRaftCoordination</c> on the
    /// builder, too. With <see cref="AddRaftConnection"/> it is that of the connection, and needs no such call.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRaftCoordination(this IServiceCollection services) =>
        services.AddSingleton(provider => provider.GetService<RaftConnection>() is { } connection
            ? RaftCoordination.Connect(connection)
            : RaftCoordination.Get(provider.GetRequiredService<ActorSystem>()));

    // The first one of its type is also there without its name.
    private static IServiceCollection AddNamed<TService>(
        this IServiceCollection services, string name, Func<IServiceProvider, TService> create)
        where TService : class
    {
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<TService>(name));
        return services.AddKeyedSingleton(name, (provider, _) => create(provider));
    }

    internal static IRaftClients ClientsOf(IServiceProvider provider) => provider.GetService<RaftConnection>() is { } connection
        ? connection
        : Raft.Get(provider.GetRequiredService<ActorSystem>());
}
