using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

using Akka.Actor;

using Microsoft.Extensions.DependencyInjection;

namespace RaftActors.Hosting;

/// <summary>
/// Collects the raft actors and the clients of an application. See
/// <see cref="RaftHostingExtensions.AddRaftActors(IServiceCollection, Action{RaftHostBuilder})"/>.
/// </summary>
public sealed class RaftHostBuilder
{
    private readonly HostPlan _plan;

    internal RaftHostBuilder(IServiceCollection services, HostPlan plan) => (Services, _plan) = (services, plan);

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Uses an actor system that another component owns, configures and stops. Default: the host owns one, made from
    /// <see cref="RaftHostOptions"/>.
    /// </summary>
    /// <param name="existing">Finds the actor system. Called once, when the host starts.</param>
    public RaftHostBuilder UseActorSystem(Func<IServiceProvider, ActorSystem> existing)
    {
        _plan.ExistingSystem = existing;
        return this;
    }

    /// <summary>Sets options in code. Runs after the section <c>RaftActors</c> is bound.</summary>
    public RaftHostBuilder Configure(Action<RaftHostOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Writes and reads the types of a source-generated context as JSON, as <see cref="Raft.UseJson"/> does.</summary>
    /// <typeparam name="TContext">The context, by its own type.</typeparam>
    /// <param name="context">The context, such as <c>ShopJson.Default</c>.</param>
    public RaftHostBuilder UseJson<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TContext>(TContext context)
        where TContext : JsonSerializerContext
    {
        ArgumentNullException.ThrowIfNull(context);
        _plan.JsonTypes.Add(raft => raft.UseJson(context));
        return this;
    }

    /// <summary>
    /// Starts a raft actor of this type with the host. Services fill its constructor. Each instance has a scope of its own, which is
    /// disposed when the instance stops or is restarted.
    /// </summary>
    /// <param name="name">
    /// The name of the actor below <c>/user</c>, and of its process unless <see cref="RaftOptions{TValue}.Name"/> is set.
    /// </param>
    /// <exception cref="ArgumentException">The type is no raft actor, or the name is empty or taken.</exception>
    public RaftHostBuilder AddActor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActor>(string name)
        where TActor : ActorBase
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Add<TActor>(name, _ => []);
        return this;
    }

    /// <summary>
    /// Starts one raft actor of this type for each shard, and registers the shards as a singleton service. Services fill the constructor as
    /// with <see cref="AddActor{TActor}"/>. One of its parameters is the <see cref="RaftShard"/>, for <see
    /// cref="RaftOptions{TValue}.Shard"/>.
    /// </summary>
    /// <param name="shards">The shards, the same on all nodes. The group of a shard is the name of its actor, too.</param>
    /// <exception cref="ArgumentException">The type is no raft actor, or the name of a shard is taken.</exception>
    public RaftHostBuilder AddShards<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActor>(
        RaftShards shards)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(shards);
        foreach (var shard in shards.All)
        {
            Add<TActor>(shard.Group, _ => [shard]);
        }

        Services.AddSingleton(shards);
        return this;
    }

    /// <summary>
    /// Registers a singleton <see cref="RaftClient{TValue, TResult}"/> of a group. Keyed by the group's name if one is given. The host must
    /// have started before the client is used.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the group, as its actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="group">The name of the group. Null: <c>raft.group</c>.</param>
    /// <param name="options">Null, and each unset option: the configuration decides.</param>
    public RaftHostBuilder AddClient<TValue, TResult>(string? group = null, RaftClientOptions<TValue, TResult>? options = null)
    {
        RaftClient<TValue, TResult> Create(IServiceProvider services) =>
            Raft.Get(services.GetRequiredService<RaftHost>().System).CreateClient(group, options);

        _ = group is null
            ? Services.AddSingleton(Create)
            : Services.AddKeyedSingleton(group, (services, _) => Create(services));
        return this;
    }

    /// <summary>
    /// Starts the actors that host entities, one for each shard, and registers a singleton <see cref="EntityClient"/>. Services fill the
    /// constructor of an entity; they are those of the application, not of a scope.
    /// </summary>
    /// <typeparam name="TEntity">The type of the entities.</typeparam>
    /// <typeparam name="TState">The type of their states.</typeparam>
    /// <param name="shards">The shards, the same on all nodes.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="ArgumentException">The name of a shard is taken.</exception>
    public RaftHostBuilder AddEntities<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TEntity, TState>(
        RaftShards shards, EntityShardOptions<TState>? options = null)
        where TEntity : ReplicatedEntity<TState>
    {
        ArgumentNullException.ThrowIfNull(shards);
        foreach (var shard in shards.All)
        {
            Add<EntityShard<TEntity, TState>>(shard.Group, services =>
            [
                shard,
                new Func<TEntity>(() => ActivatorUtilities.CreateInstance<TEntity>(services)),
                options ?? new EntityShardOptions<TState>(),
            ]);
        }

        Services.AddSingleton(services => Raft.Get(services.GetRequiredService<RaftHost>().System).CreateEntityClient(shards));
        return this;
    }

    /// <summary>
    /// Registers a singleton <see cref="RaftShardsClient{TValue, TResult}"/>. The host must have started before it is used.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the groups, as their actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="options">Null, and each unset option: the configuration decides.</param>
    public RaftHostBuilder AddClient<TValue, TResult>(RaftShards shards, RaftClientOptions<TValue, TResult>? options = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        Services.AddSingleton(services => Raft.Get(services.GetRequiredService<RaftHost>().System).CreateClient(shards, options));
        return this;
    }

    /// <summary>
    /// Lets this node exchange outcomes with results of this type with other nodes, as <see cref="Raft.AddResultType{TResult}"/> does. A
    /// host with a raft actor or a client of this result type needs no call.
    /// </summary>
    /// <typeparam name="TResult">The type of the results of HandleAppend.</typeparam>
    /// <param name="codec">The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: Akka has a serializer.</param>
    public RaftHostBuilder AddResultType<TResult>(RaftCodec<TResult>? codec = null)
    {
        _plan.ResultTypes.Add(raft => raft.AddResultType(codec));
        return this;
    }

    /// <param name="argumentsOf">Makes the arguments of the actor's constructor besides those that services fill.</param>
    private void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActor>(
        string name, Func<IServiceProvider, object[]> argumentsOf)
        where TActor : ActorBase
    {
        if (!IsRaftActor(typeof(TActor)))
        {
            throw new ArgumentException($"{typeof(TActor)} is no raft actor. Derive it from RaftActor<TValue, TResult>.");
        }

        if (_plan.Actors.Any(actor => actor.Name == name))
        {
            throw new ArgumentException($"A raft actor with the name '{name}' was added before. Give this one another name.", nameof(name));
        }

        _plan.Actors.Add(new PlannedActor(name, (services, onFailed) => Props.CreateBy(
            new ScopedActorProducer<TActor>(services, onFailed, argumentsOf(services)))));
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
