using System.Collections.Immutable;
using System.Text;

using RaftActors.Delivery;
using RaftActors.Values;

namespace RaftActors.Entities;

/// <summary>
/// The entities of one shard, whose states are bytes. Each command makes its entity from these bytes, and stores the new state as bytes.
/// So a state depends only on the commands, not on restarts and snapshots of this node, and a command that fails changes nothing. The
/// states are in an immutable collection when a snapshot is taken, so commands go on while it is written. For the actor of the shard only.
/// </summary>
/// <param name="onApplied">Called with the id and the entity of each command that succeeds.</param>
/// <param name="onFailed">Called with the id, the serial and the exception of each command that fails.</param>
internal sealed class EntityTable<TEntity, TState>(
    Func<TEntity> create, ValueCodec<TState> states, Action<string, TEntity> onApplied, Action<string, Serial, Exception> onFailed)
    where TEntity : ReplicatedEntity<TState>
{
    // The format version, the first byte of a snapshot.
    private const byte Version = 1;

    private ImmutableDictionary<string, StoredState>.Builder _stored =
        ImmutableDictionary.CreateBuilder<string, StoredState>(StringComparer.Ordinal);

    /// <summary>A hash of all states. It is a sum, so a command only costs the hashes of one state.</summary>
    public ulong Digest { get; private set; }

    public IEnumerable<string> Ids => _stored.Keys;

    /// <summary>Returns the result, or an <see cref="EntityFailure"/>.</summary>
    /// <exception cref="Exception">The entity cannot be made from its bytes, or the exception is <see cref="OfMachine"/>.</exception>
    public object? Apply(Entry<object?> entry)
    {
        var (id, serial) = (entry.Key, entry.Serial);
        var entity = Make(id);
        try
        {
            var result = entity.Apply(entry);
            var stored = entity.IsRemoved ? (StoredState?)null : ToStored(entity);
            onApplied(id, entity);
            Store(id, stored);
            return result;
        }
        catch (Exception e) when (!OfMachine.Is(e))
        {
            onFailed(id, serial, e);
            return new EntityFailure(FailureText.Of(e));
        }
    }

    public object? Answer(string id, object? question, int logic = 1) => Make(id).Answer(question, logic);

    public StateWriter ToWriter()
    {
        var stored = _stored.ToImmutable();
        return (stream, stopping) =>
        {
            using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(Version);
            writer.Write(stored.Count);

            // By name: the order of the collection is that of hashes, which differ from process to process.
            foreach (var (id, state) in stored.OrderBy(each => each.Key, StringComparer.Ordinal))
            {
                stopping.ThrowIfCancellationRequested();
                state.Write(writer, id);
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>
    /// Replaces all entities with those of a snapshot. Another program may have written it. So each state is written anew, because its
    /// bytes would otherwise differ from those on a node that has run this program for longer.
    /// </summary>
    /// <exception cref="InvalidDataException">The snapshot is not one of entities, or this program cannot read a state.</exception>
    public void Read(Stream stream)
    {
        using BinaryReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadByte() is var version and not Version)
        {
            throw new InvalidDataException(
                $"The snapshot has version {version} of the format of entities, and this program reads version {Version} only. Another "
                + "kind of actor took it, or a later version of the program. Start the program that wrote it, or a newer one.");
        }

        (_stored, Digest) = (ImmutableDictionary.CreateBuilder<string, StoredState>(StringComparer.Ordinal), 0);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (id, state) = StoredState.Read(reader);
            try
            {
                Store(id, state with { Bytes = states.Encode(states.Decode(state.Bytes)) });
            }
            catch (Exception e)
            {
                throw new InvalidDataException($"The state of the entity '{id}' cannot be read: {FailureText.Of(e)}", e);
            }
        }
    }

    private TEntity Make(string id)
    {
        var entity = create();
        if (_stored.TryGetValue(id, out var stored))
        {
            entity.Begin(id, stored, states.Decode(stored.Bytes));
        }
        else
        {
            entity.Begin(id);
        }

        return entity;
    }

    // Reads the written state at once. A state that can be written and not read would hold the whole shard at its next command, so this
    // command must fail.
    private StoredState ToStored(TEntity entity)
    {
        var (serial, time, state) = entity.Contents;
        var bytes = states.Encode(state);
        states.Decode(bytes);
        return new StoredState(serial, time, bytes);
    }

    // Null removes the entity.
    private void Store(string id, StoredState? state)
    {
        if (_stored.TryGetValue(id, out var before))
        {
            Digest -= before.HashOf(id);
        }

        if (state is { } stored)
        {
            _stored[id] = stored;
            Digest += stored.HashOf(id);
        }
        else
        {
            _stored.Remove(id);
        }
    }
}
