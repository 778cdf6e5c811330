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
public sealed class EntityShard<TEntity, TState> : RaftActor<object?, object?>, IRaftStreamSnapshot
    where TEntity : ReplicatedEntity<TState>
{
    private static readonly Type CommandType = CommandTypeOf(typeof(TEntity));

    // Only states of equal programs are compared, because another build may write the same state as other bytes.
    private static readonly int Program = int.MaxValue & (ModuleOf<TEntity>() ^ ModuleOf<TState>());

    private readonly RaftShard _shard;
    private readonly EntityTable<TEntity, TState> _entities;
    private readonly ValueCodec<object?> _values;
    private bool _hasToldElsewhere;

    /// <param name="create">Creates an entity without a state. Called in the actor.</param>
    /// <exception cref="RaftConfigurationException">
    /// A setting is missing or wrong, or the type of the states has neither a codec nor a serializer.
    /// </exception>
    public EntityShard(RaftShard shard, Func<TEntity> create, EntityShardOptions<TState>? options = null)
        : base(new()
        {
            Shard = shard,
            FindFault = (id, command) =>
                WhyElsewhere(shard, id) ?? CommandFault.Find(CommandType, typeof(TEntity).Name, id, command, options?.FindFault),
            LogicVersion = options?.LogicVersion ?? 1,
        })
    {
        ArgumentNullException.ThrowIfNull(create);
        _shard = shard;
        options ??= new EntityShardOptions<TState>();
        var states = new ValueCodec<TState>(Context.System, options.StateCodec, "EntityShardOptions.StateCodec");
        states.DemandType("state");
        _values = new ValueCodec<object?>(Context.System, codecPlace: null);
        _entities = new EntityTable<TEntity, TState>(create, states, OnApplied, OnFailed);
    }

    internal override Type ProgramType => typeof(TEntity);

    private protected override int StateVersion => Program;

    StateWriter IRaftStreamSnapshot.TakeSnapshot(Serial serial) => _entities.ToWriter();

    void IRaftStreamSnapshot.RestoreSnapshot(Serial serial, Stream state)
    {
        _entities.Read(state);
        foreach (var id in _entities.Ids)
        {
            TellIfElsewhere(id);
        }
    }

    /// <inheritdoc/>
    protected override object? HandleAppend(Entry<object?> entry)
    {
        TellIfElsewhere(entry.Key);
        return _entities.Apply(entry);
    }

    /// <inheritdoc/>
    protected override void HandleReminder(Entry<object?> entry) => _entities.Apply(entry with { Key = EntityReminder.IdOf(entry.Key) });

    /// <inheritdoc/>
    protected override ulong? HandleDigest() => _entities.Digest;

    /// <inheritdoc/>
    protected override object? HandleQuery(object question)
    {
        var (id, inner) = question is byte[] bytes
            ? EntityQuestion.Read(bytes)
            : throw new InvalidDataException($"A {question.GetType().Name} is no question to an entity. Ask by EntityClient.AskAsync.");
        return WhyElsewhere(_shard, id) is { } fault
            ? throw new InvalidDataException(fault)
            : _entities.Answer(id, _values.Decode(inner), Group.LogicVersion);
    }

    // The command is applied in any case, so that all nodes keep equal states. No client reaches such an entity.
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

    // Without this, a client with another number of shards would find another entity with the same id.
    private static string? WhyElsewhere(RaftShard shard, string id) => shard.Shards.Of(id) is var other && other != shard
        ? $"The entity '{id}' is in the shard {other} of {shard.Shards}, and this is {shard}. Give all nodes and clients the same "
            + "number of shards."
        : null;

    private static Type CommandTypeOf(Type entity)
    {
        for (var type = entity; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReplicatedEntity<,,>))
            {
                return type.GenericTypeArguments[1];
            }
        }

        return typeof(object);
    }

    // Equal on all nodes that run the same build.
    private static int ModuleOf<T>() => typeof(T).Module.ModuleVersionId.GetHashCode();

    private void OnApplied(string id, TEntity entity)
    {
        if (entity.IsRemoved)
        {
            Reminders.ForgetAll(EntityReminder.RangeOf(id), name => EntityReminder.IsOf(id, name));
            return;
        }

        if (entity.Reminders.IsEmpty)
        {
            return;
        }

        // Checked for all of them first, so that a command that fails sets none.
        List<(EntityReminder Reminder, ReadOnlyMemory<byte>? Value)> reminders = [.. entity.Reminders.Select(each =>
            (each, each.IsForgotten ? default(ReadOnlyMemory<byte>?) : EncodeReminder(each.Name, each.Command)))];
        Reminders.DemandRoom(reminders.Count, reminders.Sum(each => each.Reminder.Name.Length * 3 + (each.Value?.Length ?? 0)));
        foreach (var (reminder, value) in reminders)
        {
            if (value is { } bytes)
            {
                Set(reminder.Name, reminder.After, reminder.At, bytes);
            }
            else
            {
                Forget(reminder.Name);
            }
        }
    }

    private void OnFailed(string id, Serial serial, Exception cause) => Group.Latest.Log(
        LogLevel.ErrorLevel,
        cause,
        "HandleCommand",
        $"The command {serial} of the entity '{id}' has failed on this node, and changed nothing. Correct HandleCommand.");
}

/// <summary>The options of an <see cref="EntityShard{TEntity, TState}"/>.</summary>
/// <typeparam name="TState">The type of the states.</typeparam>
public sealed record EntityShardOptions<TState>
{
    /// <summary>
    /// Says why an entity must not get a command, as text for the caller, or returns null. The arguments are the id and the command, whose
    /// type is checked before. As for <see cref="RaftOptions{TValue}.FindFault"/>, any thread calls it before the command is written.
    /// Default: null, so only the type is checked.
    /// </summary>
    public Func<string, object?, string?>? FindFault { get; init; }

    /// <summary>
    /// Converts states to bytes and back, equally on all nodes for the lifetime of the data. Default: null, for a type that needs no codec
    /// or has a serializer.
    /// </summary>
    public RaftCodec<TState>? StateCodec { get; init; }

    /// <summary>
    /// The newest version of the rules by which this program handles commands, from 1 on. A command in a group of that version has it
    /// in <see cref="ReplicatedEntity{TState}.LogicVersion"/>. See docs/how-to/change-the-logic.md.
    /// </summary>
    public int LogicVersion { get; init; } = 1;
}
