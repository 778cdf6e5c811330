using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Entities;

namespace RaftActors;

/// <summary>
/// The raft actor that hosts the entities of one shard. Start one on each node for each of <see cref="RaftShards.All"/>, with the name
/// <see cref="RaftShard.Group"/>. In a host, <c>WithRaftEntities</c> of RaftActors.Hosting does it.
/// </summary>
/// <typeparam name="TEntity">The type of the entities.</typeparam>
/// <typeparam name="TState">The type of their states.</typeparam>
public sealed class EntityShard<TEntity, TState> : RaftActor<object?, object?>, IRaftStreamSnapshot, IWithTimers
    where TEntity : ReplicatedEntity<TState>
{
    private readonly EntityTable<TEntity, TState> _entities;
    private readonly ValueCodec<object?> _questions;
    private readonly TimeSpan _passivateAfter;

    /// <param name="shard">The shard.</param>
    /// <param name="create">Creates an entity without a state. Called in the actor.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="RaftConfigurationException">
    /// A setting is missing or wrong, or the type of the states has neither a codec nor a serializer.
    /// </exception>
    public EntityShard(RaftShard shard, Func<TEntity> create, EntityShardOptions<TState>? options = null)
        : base(new() { Shard = shard })
    {
        ArgumentNullException.ThrowIfNull(create);
        options ??= new EntityShardOptions<TState>();
        var states = new ValueCodec<TState>(Context.System, options.StateCodec, "EntityShardOptions.StateCodec");
        states.DemandType("state");
        _entities = new EntityTable<TEntity, TState>(create, states);
        _questions = new ValueCodec<object?>(Context.System, codecPlace: null);
        _passivateAfter = options.PassivateAfter;
        Receive<PassivationTime>(_ => _entities.Passivate(Now - _passivateAfter));
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    /// <inheritdoc/>
    public StateWriter TakeSnapshot(Serial serial) => _entities.ToWriter();

    /// <inheritdoc/>
    public void RestoreSnapshot(Serial serial, Stream state) => _entities.Read(state);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        Timers.StartPeriodicTimer(PassivationTime.Instance, PassivationTime.Instance, _passivateAfter / 2);
    }

    /// <inheritdoc/>
    protected override object? HandleAppend(Entry<object?> entry) => _entities.Apply(entry.Key, entry.Value, entry.Serial, Now);

    /// <inheritdoc/>
    protected override object? HandleQuery(object question)
    {
        var (id, inner) = EntityQuestion.Read((byte[])question);
        return _entities.Answer(id, _questions.Decode(inner), Now);
    }

    private sealed class PassivationTime
    {
        public static PassivationTime Instance { get; } = new();
    }
}

/// <summary>The options of an <see cref="EntityShard{TEntity, TState}"/>.</summary>
/// <typeparam name="TState">The type of the states.</typeparam>
public sealed record EntityShardOptions<TState>
{
    /// <summary>
    /// Passivates an entity after this time without a command or a question, and at most half as long later. Default: 2 minutes.
    /// </summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Converts states to bytes and back, the same on all nodes for the lifetime of the data. Null: the type needs no codec or has a
    /// serializer.
    /// </summary>
    public RaftCodec<TState>? StateCodec { get; init; }
}
