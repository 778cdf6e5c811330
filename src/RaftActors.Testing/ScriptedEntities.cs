using Akka.Actor;

using RaftActors.Entities;
using RaftActors.Values;

namespace RaftActors.Testing;

/// <summary>
/// Entities in memory, for tests of code that has an <see cref="EntityClient{TCommand, TResult}"/>. They handle commands, questions and
/// reminders as on real nodes, and each call is answered at once. It needs no nodes and no network. Thread-safe.
/// </summary>
/// <typeparam name="TState">The type of the states of the entities.</typeparam>
/// <typeparam name="TCommand">The type of their commands.</typeparam>
/// <typeparam name="TResult">The type of their results.</typeparam>
public sealed class ScriptedEntities<TState, TCommand, TResult>
{
    private const string NoQuorum = "The test has made the entities unreachable.";

    private readonly Lock _lock = new();
    private readonly ScriptedClient<object?, object?> _client = new();
    private readonly ScriptedReminders _reminders;
    private readonly TimeProvider _time;
    private readonly ValueCodec<object?> _values;
    private readonly EntityTable<ReplicatedEntity<TState>, TState> _table;
    private readonly Lazy<string> _entity;
    private readonly EntityShardOptions<TState> _options;

    /// <param name="system">Has the types of <see cref="Raft.UseJson"/> and the serializers.</param>
    /// <param name="create">Creates an entity without a state.</param>
    /// <param name="options">The options of the shards, or null for the defaults.</param>
    /// <param name="time">The time of the commands and of the reminders. By default the clock of the system.</param>
    /// <exception cref="RaftConfigurationException">The type of the states has neither a codec nor a serializer.</exception>
    public ScriptedEntities(
        ActorSystem system,
        Func<ReplicatedEntity<TState, TCommand, TResult>> create,
        EntityShardOptions<TState>? options = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        (_options, _time) = (options ?? new(), time ?? TimeProvider.System);
        _reminders = new ScriptedReminders(_time, _lock);
        _values = new ValueCodec<object?>(system, codecPlace: null);
        var states = new ValueCodec<TState>(system, _options.StateCodec, "EntityShardOptions.StateCodec");
        states.DemandType("state");
        _table = new EntityTable<ReplicatedEntity<TState>, TState>(create, states, OnApplied, (_, _, _) => { });
        _entity = new(() => create().GetType().Name);
        _client.OnAppend = (id, command, _) => Append(id, command);
        _client.OnQueryAt = Ask;
        Client = new EntityClient<TCommand, TResult>(
            system, new RaftShardsClient<object?, object?>(new RaftShards("scripted", 1), _ => _client));
    }

    /// <summary>The client for the code under test.</summary>
    public EntityClient<TCommand, TResult> Client { get; }

    /// <summary>False: commands and questions fail as NotDone. Default: true.</summary>
    public bool IsReachable { get; set; } = true;

    // As a real client and a real node do, all values become bytes on their way.
    private object? Sent(object? value) => _values.Decode(_values.Encode(value));

    private Outcome<object?> Append(string id, object? command)
    {
        var sent = Sent(command);
        return !IsReachable ? RaftFailure.NotDone(FailureReason.NoLeader, NoQuorum).ToOutcome<object?>()
            : CommandFault.Find(typeof(TCommand), _entity.Value, id, sent, _options.FindFault) is { } fault
            ? RaftFailure.NotDone(FailureReason.Invalid, fault).ToOutcome<object?>()
            : Apply(id, sent);
    }

    private Outcome<object?> Apply(string id, object? command)
    {
        lock (_lock)
        {
            var entry = _client.Commit(id, command, _time.GetUtcNow()) with { LogicVersion = _options.LogicVersion };
            return new Outcome<object?> { Serial = entry.Serial, Result = Sent(_table.Apply(entry)) };
        }
    }

    private (object? Answer, Serial Serial) Ask(object question)
    {
        if (!IsReachable)
        {
            throw RaftException.Unavailable(NoQuorum);
        }

        lock (_lock)
        {
            var (id, asked) = EntityQuestion.Read((byte[])question);
            return (Sent(_table.Answer(id, _values.Decode(asked), _options.LogicVersion)), _client.Last);
        }
    }

    // Under the lock.
    private void OnApplied(string id, ReplicatedEntity<TState> entity)
    {
        foreach (var gone in entity.IsRemoved ? _reminders.Names.Where(name => EntityReminder.IdOf(name) == id).ToList() : [])
        {
            _reminders.Forget(gone);
        }

        foreach (var reminder in entity.Reminders)
        {
            if (reminder.IsForgotten)
            {
                _reminders.Forget(reminder.Name);
                continue;
            }

            var command = Sent(reminder.Command);
            _reminders.Set(reminder.Name, reminder.After ?? reminder.At - _time.GetUtcNow(), () => Apply(id, command));
        }
    }
}
