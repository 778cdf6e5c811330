using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Text;

using RaftActors.Delivery;
using RaftActors.Values;

namespace RaftActors.Entities;

/// <summary>
/// The entities of one shard: the states of all as bytes, and the objects of the active ones. The states are an immutable collection, so a
/// snapshot is written while commands go on. For the actor of the shard only.
/// <para>
/// An entity that throws is quarantined: the table keeps its last stored state, and holds the commands since then as bytes. So a
/// quarantined entity is behind and never different, even if it throws on this node alone. A program that handles the commands brings it
/// up to date.
/// </para>
/// </summary>
/// <param name="read">The command with this serial, from the log; null: it is not there.</param>
/// <param name="onQuarantined">Called with each entity that is quarantined, and its exception.</param>
/// <param name="heldSizeMax">The most bytes of held commands, as <see cref="Quarantine.Size"/> counts them.</param>
internal sealed class EntityTable<TEntity, TState>(
    Func<TEntity> create,
    ValueCodec<TState> states,
    ValueCodec<object?> commands,
    Func<Serial, StoredPair?> read,
    Action<QuarantinedEntity, Exception> onQuarantined,
    long heldSizeMax = EntityTable.HeldSizeMax)
    where TEntity : ReplicatedEntity<TState>
{
    /// <summary>The state of an active entity is stored after this many commands, so that the list of them stays short.</summary>
    public const int CommandsMax = 1024;

    // The first byte of a snapshot.
    private const byte Version = 1;

    private readonly Dictionary<string, Active> _active = new(StringComparer.Ordinal);

    // Invariant: the state of an id is the one here, after the commands of its active entity or of its quarantine.
    private ImmutableDictionary<string, StoredState> _stored = ImmutableDictionary.Create<string, StoredState>(StringComparer.Ordinal);
    private ImmutableDictionary<string, Quarantine> _quarantined = ImmutableDictionary.Create<string, Quarantine>(StringComparer.Ordinal);

    public int ActiveCount => _active.Count;

    /// <summary>The bytes of all held commands, as <see cref="Quarantine.Size"/> counts them.</summary>
    public long HeldSize { get; private set; }

    /// <summary>The quarantined entities, by id.</summary>
    public ImmutableDictionary<string, QuarantinedEntity> Quarantined { get; private set; } =
        ImmutableDictionary.Create<string, QuarantinedEntity>(StringComparer.Ordinal);

    /// <summary>Returns false if the entity is quarantined. Then the command is held.</summary>
    /// <exception cref="QuarantineFullException">The entity is quarantined, and too many commands are held. This one is not.</exception>
    public bool TryApply(Entry<object?> entry, TimeSpan now, out object? result)
    {
        var id = entry.Key;
        result = null;
        if (entry.Value is EntityReset)
        {
            Reset(id);
            return true;
        }

        if (_quarantined.TryGetValue(id, out var quarantine))
        {
            var held = new StoredState(entry.Serial, entry.Time, read(entry.Serial)?.Value ?? commands.Encode(entry.Value));
            if (HeldSize + Quarantine.SizeOf(held) > heldSizeMax)
            {
                throw new QuarantineFullException(id, HeldSize, heldSizeMax);
            }

            SetQuarantine(id, quarantine.Hold(held));
            return false;
        }

        try
        {
            result = Apply(entry, now);
            return true;
        }
        catch (Exception e)
        {
            return TryRepeat(id, entry.Serial, e, out result);
        }
    }

    /// <summary>The ids of the entities with a stored state, and of the quarantined ones.</summary>
    public IEnumerable<string> Ids => _stored.Keys.Concat(_quarantined.Keys);

    /// <summary>A quarantined entity holds the command with this serial.</summary>
    public bool Holds(Serial serial) => _quarantined.Values.Any(quarantine => quarantine.Holds(serial));

    /// <exception cref="InvalidOperationException">The entity is quarantined.</exception>
    public object? Answer(string id, object? question, TimeSpan now) => Quarantined.TryGetValue(id, out var quarantined)
        ? throw new InvalidOperationException($"There is no answer: {quarantined}")
        : (Activate(id, now)?.Entity ?? Create(id)).Answer(question);

    /// <summary>Drops the objects of entities that were last called at this time or before.</summary>
    public void Passivate(TimeSpan idleSince)
    {
        foreach (var (id, active) in _active.Where(each => each.Value.CalledAt <= idleSince).ToArray())
        {
            Store(id, active);
            _active.Remove(id);
        }
    }

    /// <summary>Returns a writer of the present states.</summary>
    public StateWriter ToWriter()
    {
        foreach (var (id, active) in _active.ToArray())
        {
            Store(id, active);
        }

        var (stored, quarantined) = (_stored, _quarantined);
        return (stream, stopping) =>
        {
            using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(Version);
            writer.Write(stored.Count);
            foreach (var (id, state) in stored)
            {
                stopping.ThrowIfCancellationRequested();
                state.Write(writer, id);
            }

            writer.Write(quarantined.Count);
            foreach (var (id, quarantine) in quarantined)
            {
                stopping.ThrowIfCancellationRequested();
                quarantine.Write(writer, id);
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Replaces all entities by those of a snapshot, and tries the commands of the quarantined ones again.</summary>
    /// <exception cref="InvalidDataException">The snapshot is not one of entities.</exception>
    public void Read(Stream stream)
    {
        using BinaryReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadByte() is var version and not Version)
        {
            throw new InvalidDataException(
                $"The snapshot has version {version} of the format of entities, and this program reads version {Version} only. Another "
                + "kind of actor took it, or a later version of the program. Start the program that wrote it, or a newer one.");
        }

        var stored = ImmutableDictionary.CreateBuilder<string, StoredState>(StringComparer.Ordinal);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (id, state) = StoredState.Read(reader);
            stored.Add(id, state);
        }

        List<(string Id, Quarantine Quarantine)> quarantined = [];
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            quarantined.Add(Quarantine.Read(reader));
        }

        _active.Clear();
        _stored = stored.ToImmutable();
        (_quarantined, Quarantined, HeldSize) = (_quarantined.Clear(), Quarantined.Clear(), 0);
        foreach (var (id, quarantine) in quarantined)
        {
            TryBringUp(id, quarantine.Held, quarantine.Failed, out _);
        }
    }

    private object? Apply(Entry<object?> entry, TimeSpan now)
    {
        var id = entry.Key;
        var active = Activate(id, now) ?? Add(id, now);
        var result = active.Entity.Apply(entry.Value, entry.Serial, entry.Time);
        active.Commands.Add(entry.Serial);
        if (active.Entity.IsRemoved)
        {
            _active.Remove(id);
            _stored = _stored.Remove(id);
        }
        else if (active.Commands.Count >= CommandsMax)
        {
            Encode(id, active);
        }

        return result;
    }

    private void Reset(string id)
    {
        _active.Remove(id);
        _stored = _stored.Remove(id);
        SetQuarantine(id, null);
        Quarantined = Quarantined.Remove(id);
    }

    // The object may be changed in part, so it is made again from its last stored state and the log. This also repeats the command, so a
    // failure of this moment alone does no harm.
    private bool TryRepeat(string id, Serial failed, Exception cause, out object? result)
    {
        List<Serial> serials = _active.TryGetValue(id, out var active) ? active.Commands : [];
        if (serials is not [.., var last] || last != failed)
        {
            serials.Add(failed);
        }

        List<StoredState> held = [];
        foreach (var serial in serials)
        {
            if (read(serial) is not { } pair)
            {
                // The pairs came from another node, and are not in this log yet. The next life of the actor gets them again.
                ExceptionDispatchInfo.Throw(cause);
                throw cause;
            }

            held.Add(new StoredState(serial, pair.Time.ToDateTimeOffset(), pair.Value));
        }

        _active.Remove(id);
        return TryBringUp(id, [.. held], failed, out result);
    }

    // Applies held commands to the stored state. Otherwise the entity is quarantined.
    private bool TryBringUp(string id, ImmutableList<StoredState> held, Serial failed, out object? result)
    {
        result = null;
        try
        {
            TEntity? entity = null;
            if (_stored.TryGetValue(id, out var before))
            {
                entity = Restore(id, before);
            }

            foreach (var command in held)
            {
                failed = command.Serial;
                entity ??= Create(id);
                result = entity.Apply(commands.Decode(command.Bytes), command.Serial, command.Time);
                entity = entity.IsRemoved ? null : entity;
            }

            _stored = entity is null ? _stored.Remove(id) : _stored.SetItem(id, ToStored(entity));
            return true;
        }
        catch (Exception e)
        {
            var quarantined = new QuarantinedEntity(id, failed, FailureText.Of(e));
            SetQuarantine(id, new Quarantine(failed, held));
            Quarantined = Quarantined.SetItem(id, quarantined);
            onQuarantined(quarantined, e);
            return false;
        }
    }

    private void SetQuarantine(string id, Quarantine? quarantine)
    {
        HeldSize += (quarantine?.Size ?? 0) - (_quarantined.GetValueOrDefault(id)?.Size ?? 0);
        _quarantined = quarantine is null ? _quarantined.Remove(id) : _quarantined.SetItem(id, quarantine);
    }

    private Active? Activate(string id, TimeSpan now)
    {
        if (_active.TryGetValue(id, out var active))
        {
            active.CalledAt = now;
            return active;
        }

        return _stored.TryGetValue(id, out var stored) ? _active[id] = new Active(Restore(id, stored)) { CalledAt = now } : null;
    }

    private Active Add(string id, TimeSpan now) => _active[id] = new Active(Create(id)) { CalledAt = now };

    private TEntity Create(string id)
    {
        var entity = create();
        entity.Begin(id);
        return entity;
    }

    private TEntity Restore(string id, StoredState stored)
    {
        var entity = create();
        entity.Begin(id, stored, states.Decode(stored.Bytes));
        return entity;
    }

    // A state that cannot be written would stop each snapshot of the shard.
    private void Store(string id, Active active)
    {
        try
        {
            Encode(id, active);
        }
        catch (Exception e)
        {
            TryRepeat(id, active.Commands[^1], e, out _);
        }
    }

    private void Encode(string id, Active active)
    {
        if (active.Commands.Count > 0)
        {
            _stored = _stored.SetItem(id, ToStored(active.Entity));
            active.Commands.Clear();
        }
    }

    private StoredState ToStored(TEntity entity)
    {
        var (serial, time, state) = entity.Contents;
        return new StoredState(serial, time, states.Encode(state));
    }

    private sealed class Active(TEntity entity)
    {
        public TEntity Entity => entity;

        public TimeSpan CalledAt { get; set; }

        // The serials of the commands since the stored state. Invariant: the log has them, because a snapshot stores all states.
        public List<Serial> Commands { get; } = [];
    }
}

/// <summary>The bound of an <see cref="EntityTable{TEntity, TState}"/> that is the same for all types.</summary>
internal static class EntityTable
{
    /// <summary>
    /// The most bytes of commands that one shard holds for its quarantined entities. Otherwise a node that is quarantined alone would
    /// gather the commands of the other nodes until its memory is full, and take its other shards with it.
    /// </summary>
    public const long HeldSizeMax = 64 * 1024 * 1024;
}
