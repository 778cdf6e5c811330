using Akka.Actor;
using Akka.Event;

using RaftActors.Entities;
using RaftActors.Values;

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
    private static readonly Type CommandType = CommandTypeOf(typeof(TEntity));

    // The result of a command that the quarantined entity did not handle.
    private static readonly object Held = new();

    private readonly RaftShard _shard;
    private readonly EntityTable<TEntity, TState> _entities;
    private readonly ValueCodec<TState> _states;
    private readonly ValueCodec<object?> _values;
    private readonly TimeSpan _passivateAfter;
    private bool _hasToldElsewhere;

    /// <param name="shard">The shard.</param>
    /// <param name="create">Creates an entity without a state. Called in the actor.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="RaftConfigurationException">
    /// A setting is missing or wrong, or the type of the states has neither a codec nor a serializer.
    /// </exception>
    public EntityShard(RaftShard shard, Func<TEntity> create, EntityShardOptions<TState>? options = null)
        : base(new()
        {
            Shard = shard,
            LearnerDelivery = RaftActors.LearnerDelivery.InOrder,
            FindFault = (id, command) => WhyElsewhere(shard, id) ?? FindFault(id, command, options?.FindFault),
            HasEntities = true,
        })
    {
        ArgumentNullException.ThrowIfNull(create);
        _shard = shard;
        options ??= new EntityShardOptions<TState>();
        _states = new ValueCodec<TState>(Context.System, options.StateCodec, "EntityShardOptions.StateCodec");
        _states.DemandType("state");
        _values = new ValueCodec<object?>(Context.System, codecPlace: null);
        _entities = new EntityTable<TEntity, TState>(
            create, _states, _values, serial => Raft.Latest.Read(serial), OnQuarantined, options.HeldSizeMax);
        _passivateAfter = options.PassivateAfter;
        Receive<PassivationTime>(_ =>
        {
            _entities.Passivate(Now - _passivateAfter);
            Publish();
        });
    }

    ITimerScheduler IWithTimers.Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    internal override Type ProgramType => typeof(TEntity);

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    StateWriter IRaftStreamSnapshot.TakeSnapshot(Serial serial)
    {
        var writer = _entities.ToWriter();
        Publish();
        return writer;
    }

    void IRaftStreamSnapshot.RestoreSnapshot(Serial serial, Stream state)
    {
        _entities.Read(state);
        Publish();
        foreach (var id in _entities.Ids)
        {
            TellIfElsewhere(id);
        }
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        ((IWithTimers)this).Timers.StartPeriodicTimer(PassivationTime.Instance, PassivationTime.Instance, _passivateAfter / 2);
    }

    /// <inheritdoc/>
    protected override object? HandleAppend(Entry<object?> entry)
    {
        TellIfElsewhere(entry.Key);
        try
        {
            var isHandled = _entities.TryApply(entry, Now, out var result);
            Publish();
            return isHandled ? result : Held;
        }
        catch (QuarantineFullException)
        {
            // A restart would read the same log to the same place, again and again. The exception ends the present turn, and the supervisor
            // logs it.
            Context.Stop(Self);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override object? HandleQuery(object question)
    {
        var (id, inner) = question is byte[] bytes
            ? EntityQuestion.Read(bytes)
            : throw new InvalidDataException($"A {question.GetType().Name} is no question to an entity. Ask by EntityClient.AskAsync.");
        return WhyElsewhere(_shard, id) is { } fault
            ? throw new InvalidDataException(fault)
            : Copy(_entities.Answer(id, _values.Decode(inner), Now));
    }

    private protected override void Complete(RequestRef own, Serial serial, object? result)
    {
        if (result == Held)
        {
            CompleteAsUnknown(own, UnknownReason.Quarantined);
            return;
        }

        object? copy;
        try
        {
            copy = Copy(result);
        }
        catch (Exception e)
        {
            // The command is handled all the same, as on the way to another node.
            Raft.Latest.Log(LogLevel.WarningLevel, e, "HandleCommand", $"A result of {result?.GetType()} cannot leave its entity.");
            Complete(own, serial);
            return;
        }

        base.Complete(own, serial, copy);
    }

    // A repeat of a held command has no result yet. Its first call ended as unknown, and so does the repeat.
    private protected override void Complete(RequestRef? request, Serial serial)
    {
        if (request is { } own && _entities.Holds(serial))
        {
            CompleteAsUnknown(own, UnknownReason.Quarantined);
        }
        else
        {
            base.Complete(request, serial);
        }
    }

    // The entity is handled all the same, so that all nodes keep equal states. No client reaches it.
    private void TellIfElsewhere(string id)
    {
        if (!_hasToldElsewhere && WhyElsewhere(_shard, id) is not null)
        {
            _hasToldElsewhere = true;
            Context.GetLogger().Error(
                "The shard {Shard} has commands of the entity '{Entity}' from when there was another number of shards than {Count}, so no "
                    + "client reaches this entity. Give all nodes and clients the number of shards that they had before.",
                _shard,
                id,
                _shard.Shards.All.Count);
        }
    }

    // Without this a client with another number of shards would find another entity of the same id.
    private static string? WhyElsewhere(RaftShard shard, string id) => shard.Shards.Of(id) is var other && other != shard
        ? $"The entity '{id}' is in the shard {other} of {shard.Shards}, and this is {shard}. Give all nodes and clients the same "
            + "number of shards."
        : null;

    private static string? FindFault(string id, object? command, Func<string, object?, string?>? findFault)
    {
        // Null is a command where each object is one.
        if (!CommandType.IsInstanceOfType(command) && (command is not null || CommandType != typeof(object)))
        {
            return $"{command?.GetType().ToString() ?? "null"} is no command of a {typeof(TEntity).Name}: they are of type {CommandType}.";
        }

        return findFault?.Invoke(id, command);
    }

    private static Type CommandTypeOf(Type entity)
    {
        for (var type = entity; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReplicatedEntity<,>))
            {
                return type.GenericTypeArguments[1];
            }
        }

        return typeof(object);
    }

    // An answer may be the live state or a part of it. A caller on this node could change it. The thread that writes it for another node
    // could see it change.
    private object? Copy(object? answer) => answer switch
    {
        null or string or decimal => answer,
        _ when answer.GetType().IsPrimitive => answer,
        TState state => _states.Decode(_states.Encode(state)),
        _ => _values.Decode(_values.Encode(answer)),
    };

    private void Publish()
    {
        if (Raft.Latest.Quarantined != _entities.Quarantined)
        {
            Raft.Latest.Quarantined = _entities.Quarantined;
        }
    }

    private void OnQuarantined(QuarantinedEntity entity, Exception cause) =>
        Raft.Latest.Log(LogLevel.ErrorLevel, cause, "Quarantine", entity.ToString());

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
    /// Says why an entity must not get a command, as text for the caller; null: it may. The arguments are the id and the command, whose
    /// type is checked before. The rules are those of <see cref="RaftOptions{TValue}.FindFault"/>: any thread calls it, before the command
    /// is written. Null: only the type of the commands counts.
    /// </summary>
    public Func<string, object?, string?>? FindFault { get; init; }

    /// <summary>
    /// Converts states to bytes and back, the same on all nodes for the lifetime of the data. Null: the type needs no codec or has a
    /// serializer.
    /// </summary>
    public RaftCodec<TState>? StateCodec { get; init; }

    /// <summary>The bytes of commands that the shard holds for quarantined entities. A test sets it.</summary>
    internal long HeldSizeMax { get; init; } = EntityTable.HeldSizeMax;
}
