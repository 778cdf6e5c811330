using System.Collections.Immutable;

using RaftActors.Entities;

namespace RaftActors;

/// <summary>
/// One of many small state machines, each with an id: an account, a cart, a device. Derive from
/// <see cref="ReplicatedEntity{TState, TCommand, TResult}"/>. All nodes have a copy of each entity. The entities of a shard are in one
/// group (<see cref="RaftShards"/>), so millions of them cost a few groups. <see cref="EntityShard{TEntity, TState}"/> hosts them, and
/// <see cref="EntityClient{TCommand, TResult}"/> calls them.
/// <para>
/// The shard keeps the state of an entity as bytes. Each command and each question makes an entity from them, and drops it at the end. So
/// the state is the only memory of an entity, and writing and reading it must lose nothing. Keep it small, because each command reads and
/// writes all of it.
/// </para>
/// <para>The methods run in the actor of the shard, one at a time, so they need no locks. They are synchronous.</para>
/// </summary>
/// <typeparam name="TState">
/// The type of the state. It needs a type that RaftActors knows, a type of <see cref="Raft.UseJson"/>, a serializer of Akka, or
/// <see cref="EntityShardOptions{TState}.StateCodec"/>.
/// </typeparam>
public abstract class ReplicatedEntity<TState>
{
    private protected ReplicatedEntity()
    {
    }

    /// <summary>The id: any text. It is the key of the entity's pairs.</summary>
    protected string Id { get; private set; } = "";

    /// <summary>The serial of the last command of this entity, in the log of its shard, or 0 before the first.</summary>
    protected Serial Serial { get; private set; }

    /// <summary>
    /// The time of the last command of this entity, as <see cref="Entry{TValue}.Time"/>: the same on every node. Use it in
    /// HandleCommand instead of a clock. <see cref="DateTimeOffset.UnixEpoch"/> before the first command.
    /// </summary>
    protected DateTimeOffset Time { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// The logic version of the group at this command or question. Branch on it in HandleCommand.
    /// </summary>
    protected int LogicVersion { get; private set; } = 1;

    /// <summary>The state. Replace or change it in HandleCommand only.</summary>
    protected TState State { get; set; } = default!; // Justification: the shard sets it before any other call.

    internal bool IsRemoved { get; private set; }

    /// <summary>Returns the state of a new entity.</summary>
    protected abstract TState NewState();

    /// <summary>
    /// Answers a question, on one node. A change of the state is dropped. An exception fails the question alone. Default: returns
    /// <see cref="State"/>.
    /// </summary>
    /// <param name="question">The question that <c>AskAsync</c> of the client was given.</param>
    /// <returns>The answer, for the caller. It may be the state or a part of it.</returns>
    protected virtual object? HandleQuestion(object? question) => State;

    /// <summary>
    /// Removes the state after this command. The next command of the id finds a new one. Call it in HandleCommand.
    /// </summary>
    protected void Remove() => IsRemoved = true;

    /// <summary>Forgets a reminder. Call it in HandleCommand.</summary>
    protected void Forget(string name) =>
        Reminders = Reminders.Add(EntityReminder.Of(Id, name, null, default, null) with { IsForgotten = true });

    internal ImmutableArray<EntityReminder> Reminders { get; private protected set; } = [];

    internal void Begin(string id) => (Id, State) = (id, NewState());

    internal void Begin(string id, StoredState stored, TState state) =>
        (Id, Serial, Time, State) = (id, stored.Serial, stored.Time, state);

    internal object? Apply(Entry<object?> entry)
    {
        (Serial, Time, LogicVersion, IsRemoved) = (entry.Serial, entry.Time, entry.LogicVersion, false);
        return Handle(entry.Value);
    }

    private protected abstract object? Handle(object? command);

    internal object? Answer(object? question, int logic)
    {
        LogicVersion = logic;
        return HandleQuestion(question);
    }

    internal (Serial Serial, DateTimeOffset Time, TState State) Contents => (Serial, Time, State);
}

/// <summary>An entity with commands and results of a type. <see cref="ReplicatedEntity{TState}"/> has the documentation.</summary>
/// <typeparam name="TState">The type of the state.</typeparam>
/// <typeparam name="TCommand">
/// The type of the commands, such as a base record. A command of another type, or null, is refused before it is written: it ends as NotDone
/// with <see cref="FailureReason.Invalid"/>. With <c>object?</c> any value is a command, and null is one.
/// </typeparam>
/// <typeparam name="TResult">
/// The type of the results. As a command, a result needs a type that RaftActors knows, a type of <see cref="Raft.UseJson"/>, or a
/// serializer of Akka.
/// </typeparam>
public abstract class ReplicatedEntity<TState, TCommand, TResult> : ReplicatedEntity<TState>
{
    /// <summary>
    /// Handles a committed command, on every node, in the same order. Change State here, by the command, its Serial and Time, and the state
    /// alone: then all nodes reach the same state. A rule that fails is a result, not an exception.
    /// <para>
    /// A command that throws changes nothing, and its call fails as <see cref="FailureKind.Faulted"/>. The same holds if the new
    /// state cannot be written and read. An exception that speaks of the node, such as OutOfMemoryException, holds the shard instead
    /// (<see cref="RaftStatus.Problems"/>).
    /// </para>
    /// </summary>
    /// <param name="command">The command that <see cref="EntityClient{TCommand, TResult}.SendAsync"/> was given.</param>
    /// <returns>The result, for the caller. It may be the state or a part of it.</returns>
    protected abstract TResult HandleCommand(TCommand command);

    /// <summary>
    /// Sets a reminder: the entity gets a command later, once, on every node at one place in the log. It survives restarts and failovers.
    /// It replaces one with the same name, and <see cref="ReplicatedEntity{TState}.Remove"/> forgets all. Call it in HandleCommand. If that
    /// fails, nothing is set.
    /// </summary>
    /// <param name="name">Any text without a zero character. The names of different entities do not clash.</param>
    /// <param name="after">
    /// The time from now on, of the leader's monotonic clock. A leader that has restarted since counts it anew, so the command may be late,
    /// and is never early.
    /// </param>
    /// <param name="command">The command. It has no caller that gets its result.</param>
    protected void Remind(string name, TimeSpan after, TCommand command)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        Reminders = Reminders.Add(EntityReminder.Of(Id, name, after, default, command));
    }

    /// <summary>Sets a reminder in the same way, for a time of the wall clock.</summary>
    /// <param name="name">As above.</param>
    /// <param name="at">The time, by the wall clock of the leader. If that clock is ahead, the command is early by as much.</param>
    /// <param name="command">The command.</param>
    protected void Remind(string name, DateTimeOffset at, TCommand command) =>
        Reminders = Reminders.Add(EntityReminder.Of(Id, name, null, at, command));

    // Justification: the type is checked before the command is written.
    private protected sealed override object? Handle(object? command) => HandleCommand((TCommand)command!);
}
