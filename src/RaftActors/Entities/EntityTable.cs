using System.Collections.Immutable;
using System.Text;

using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors.Entities;

/// <summary>
/// The entities of one shard: the states of all as bytes, and the objects of the active ones. The states are an immutable collection, so a
/// snapshot is written while commands go on. For the actor of the shard only.
/// </summary>
internal sealed class EntityTable<TEntity, TState>(Func<TEntity> create, ValueCodec<TState> codec)
    where TEntity : ReplicatedEntity<TState>
{
    // The first byte of a snapshot.
    private const byte FormatVersion = 1;

    private readonly Dictionary<string, Active> _active = new(StringComparer.Ordinal);

    // Invariant: without an active entity of an id, its state is the one here. An active entity may have a later one.
    private ImmutableDictionary<string, StoredState> _stored = ImmutableDictionary.Create<string, StoredState>(StringComparer.Ordinal);

    public int ActiveCount => _active.Count;

    public object? Apply(string id, object? command, Serial serial, TimeSpan now)
    {
        var active = Activate(id, now) ?? Add(id, now);
        var result = active.Entity.Apply(command, serial);
        active.HasChanged = true;
        if (active.Entity.IsRemoved)
        {
            _active.Remove(id);
            _stored = _stored.Remove(id);
        }

        return result;
    }

    public object? Answer(string id, object? question, TimeSpan now) => (Activate(id, now)?.Entity ?? Create(id)).Answer(question);

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
        foreach (var (id, active) in _active)
        {
            Store(id, active);
        }

        var frozen = _stored;
        return (stream, stopping) =>
        {
            using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(FormatVersion);
            writer.Write(frozen.Count);
            foreach (var (id, state) in frozen)
            {
                stopping.ThrowIfCancellationRequested();
                state.Write(writer, id);
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Replaces all entities by those of a snapshot.</summary>
    /// <exception cref="InvalidDataException">The snapshot is not one of entities.</exception>
    public void Read(Stream stream)
    {
        using BinaryReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadByte() is var version and not FormatVersion)
        {
            throw new InvalidDataException(
                $"The snapshot has version {version} of the format of entities, and this program knows version {FormatVersion}. Another "
                + "kind of actor took it, or a later version of the program.");
        }

        var stored = ImmutableDictionary.CreateBuilder<string, StoredState>(StringComparer.Ordinal);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (id, state) = StoredState.Read(reader);
            stored.Add(id, state);
        }

        _active.Clear();
        _stored = stored.ToImmutable();
    }

    private Active? Activate(string id, TimeSpan now)
    {
        if (_active.TryGetValue(id, out var active))
        {
            active.CalledAt = now;
            return active;
        }

        if (!_stored.TryGetValue(id, out var stored))
        {
            return null;
        }

        var entity = create();
        entity.Begin(id, stored.Serial, codec.Decode(stored.Bytes));
        return _active[id] = new Active(entity) { CalledAt = now };
    }

    private Active Add(string id, TimeSpan now) => _active[id] = new Active(Create(id)) { CalledAt = now };

    private TEntity Create(string id)
    {
        var entity = create();
        entity.Begin(id);
        return entity;
    }

    private void Store(string id, Active active)
    {
        if (active.HasChanged)
        {
            var (serial, state) = active.Entity.Contents;
            _stored = _stored.SetItem(id, new StoredState(serial, codec.Encode(state)));
            active.HasChanged = false;
        }
    }

    private sealed class Active(TEntity entity)
    {
        public TEntity Entity => entity;

        public TimeSpan CalledAt { get; set; }

        // The stored state is older.
        public bool HasChanged { get; set; }
    }
}
