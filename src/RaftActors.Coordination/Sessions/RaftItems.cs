using System.Collections.Immutable;
using System.Runtime.CompilerServices;

using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.Settings;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination;

/// <summary>
/// Small texts by name, the same for all programs: settings, counters, the addresses of services. Each write has a version, so a program
/// can write only if no other one did. Thread-safe.
/// <para>
/// A registry of services is the items of sessions below a prefix. Each instance puts its address there with
/// <see cref="ItemOptions.OfSession"/>, and its clients watch the prefix. The item of a dead instance disappears with its session. An
/// instance that was only suspended for too long sees the deletion in its own watch, and puts its address again.
/// </para>
/// </summary>
/// <remarks>The group holds 8 MiB of items. Each one counts 128 bytes and its texts.</remarks>
public sealed class RaftItems
{
    private const string NothingDone = "The transaction is not done";

    private readonly CoordinationCalls _calls;
    private readonly SessionKeeper _keeper;
    private readonly CallTimeouts _timeouts;

    /// <param name="timeouts">The times of calls that name none. Null: those of the calls.</param>
    internal RaftItems(CoordinationCalls calls, SessionKeeper keeper, CallTimeouts? timeouts = null) =>
        (_calls, _keeper, _timeouts) = (calls, keeper, timeouts ?? calls.Timeouts);

    /// <summary>Reads an item.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="timeout">The time until the answer. Null: <c>raft.query-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="RaftException">The group did not answer in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RaftItem?> GetAsync(string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return (await ReadAsync(new Question.OfItem(name), timeout, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <summary>Reads all items with a prefix at one moment, sorted by name.</summary>
    /// <param name="prefix">The beginning of their names, or empty for all items.</param>
    /// <param name="timeout">The time until the answer. Null: <c>raft.query-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RaftException">The group did not answer in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<IReadOnlyList<RaftItem>> ListAsync(
        string prefix = "", TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return ReadAsync(new Question.OfChanges(prefix, -1), timeout, cancellationToken);
    }

    /// <summary>Writes an item.</summary>
    /// <param name="name">Its name. At most 1000 characters.</param>
    /// <param name="value">Its value. At most 9000 characters.</param>
    /// <param name="options">
    /// The version that the item must have, and when it disappears. Null: it is written in any case, and stays.
    /// </param>
    /// <param name="timeout">The time for all attempts. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call. The item may nevertheless be written.</param>
    /// <returns>The version of the item.</returns>
    /// <exception cref="RaftException">
    /// NotDone: the item does not have the expected version (<see cref="FailureReason.Outdated"/>), or the group has opened no session for
    /// this program in time (<see cref="FailureReason.Unavailable"/>). Unknown: no answer came in time, or the group has forgotten this
    /// program between two attempts.
    /// </exception>
    /// <exception cref="InvalidOperationException">The group refuses the call. The message says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<long> PutAsync(
        string name,
        string value,
        ItemOptions? options = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var (answer, version) = await PutOnceAsync(name, value, options, timeout, cancellationToken).ConfigureAwait(false);
        return answer is Answer.Conflict conflict ? throw Outdated(NotWritten(name), options?.ExpectedVersion, conflict) : version;
    }

    /// <summary>
    /// Adds to an item that is a whole number. A missing one counts as 0. Each caller gets another sum, so a program that adds 1000 gets
    /// 1000 unique numbers, up to the sum.
    /// </summary>
    /// <param name="name">The name of the item.</param>
    /// <param name="delta">The number to add, which may be negative.</param>
    /// <param name="timeout">The time for all attempts. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call. The addition may nevertheless be made.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="RaftException">No answer came in time. The addition is made once or not at all.</exception>
    /// <exception cref="InvalidOperationException">The item is no number, or the sum exceeds 64 bits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<long> AddAsync(
        string name, long delta = 1, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ((Answer.Counted)(await WriteAsync(name, new Command.Add(delta), timeout, cancellationToken).ConfigureAwait(false)).Answer).Value;

    /// <summary>Deletes an item.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expectedVersion">Deletes only if the item has this version. Null: deletes any.</param>
    /// <param name="timeout">The time for all attempts. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call. The item may nevertheless be deleted.</param>
    /// <returns>False if there is no such item, and <paramref name="expectedVersion"/> is null.</returns>
    /// <exception cref="RaftException">
    /// NotDone: the item does not have the expected version, or does not exist (<see cref="FailureReason.Outdated"/>). Unknown: as in
    /// <see cref="PutAsync"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> DeleteAsync(
        string name, long? expectedVersion = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var (answer, _) = await WriteAsync(name, new Command.Delete(expectedVersion), timeout, cancellationToken).ConfigureAwait(false);
        return answer is Answer.Conflict conflict && expectedVersion is not null
            ? throw Outdated($"The item '{name}' is not deleted", expectedVersion, conflict)
            : answer is Answer.Done;
    }

    /// <summary>
    /// Writes and deletes several items by one pair of the log: all of the changes, or none. No read sees some of them only.
    /// </summary>
    /// <param name="fill">Adds the expectations and the changes. Called once.</param>
    /// <param name="timeout">The time for all attempts. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the call. The transaction may nevertheless be done.</param>
    /// <returns>The version of all items that it wrote.</returns>
    /// <exception cref="RaftException">
    /// NotDone: an item does not have the expected version (<see cref="FailureReason.Outdated"/>), a node of the group has a program
    /// without transactions (<see cref="FailureReason.NotYet"/>), or the group has opened no session for this program in time
    /// (<see cref="FailureReason.Unavailable"/>). Unknown: as in <see cref="PutAsync"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The transaction exceeds a bound, and is not sent, or the group refuses it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<long> CommitAsync(
        Action<ItemTransaction> fill, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fill);
        ItemTransaction transaction = new();
        fill(transaction);
        if (CoordinationState.FindFault(Command.Commit.Key, transaction.ToCommand(0)) is { } fault)
        {
            throw new InvalidOperationException($"{NothingDone}. {fault}");
        }

        var (answer, version) = await WriteOnceAsync(
            Command.Commit.Key, transaction.ToCommand, transaction.IsOfSession, NothingDone, timeout, cancellationToken)
            .ConfigureAwait(false);
        return answer is Answer.Conflict conflict
            ? throw Outdated(NothingDone, transaction.ExpectedOf(conflict.Name), conflict)
            : version;
    }

    /// <summary>As <see cref="PutAsync"/>, for callers to which another version is no failure. Returns null for it.</summary>
    internal async Task<long?> TryPutAsync(string name, string value, ItemOptions options, CancellationToken cancellation)
    {
        var (answer, version) = await PutOnceAsync(name, value, options, null, cancellation).ConfigureAwait(false);
        return answer is Answer.Done ? version : null;
    }

    /// <summary>As <see cref="DeleteAsync"/>, for callers to which another version is no failure. Returns false for it.</summary>
    internal async Task<bool> TryDeleteAsync(string name, long version, CancellationToken cancellation) =>
        (await WriteAsync(name, new Command.Delete(version), null, cancellation).ConfigureAwait(false)).Answer is Answer.Done;

    /// <summary>
    /// Streams the items with a prefix: first as they are, then after each change once, in the order of the group. The group remembers the
    /// last 1000 changes. A reader that falls behind them is told the items without the changes. The stream continues after failures of the
    /// group.
    /// </summary>
    /// <param name="prefix">The beginning of the names, or empty for all items.</param>
    /// <param name="timeout">
    /// The time until the first answer. Null: <c>raft.query-timeout</c>, 5 s by default. <see cref="Timeout.InfiniteTimeSpan"/> waits until
    /// the group answers.
    /// </param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="RaftException">The first answer did not come in time, or this program may not read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The actor system has ended.</exception>
    public async IAsyncEnumerable<RaftItemChange> WatchAsync(
        string prefix = "", TimeSpan? timeout = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var items = ImmutableSortedDictionary.Create<string, RaftItem>(StringComparer.Ordinal);
        await foreach (var view in _calls.FollowItemsAsync(prefix, timeout ?? _timeouts.Query, cancellationToken)
            .ConfigureAwait(false))
        {
            if (view.IsWhole)
            {
                items = items.Clear().AddRange(view.Items.Select(item => KeyValuePair.Create(item.Name, ToItem(item))));
                yield return new RaftItemChange(null, 0, items);
                continue;
            }

            // All changes of a pair are made before one is told. Otherwise a reader would see a part of a transaction.
            foreach (var pair in view.Items.GroupBy(change => change.Version))
            {
                items = pair.Aggregate(
                    items, (all, change) => change.Value is null ? all.Remove(change.Name) : all.SetItem(change.Name, ToItem(change)));
                foreach (var change in pair)
                {
                    yield return new RaftItemChange(change.Name, change.Version, items);
                }
            }
        }
    }

    private static string NotWritten(string name) => $"The item '{name}' is not written";

    // Justification: only a change that deleted an item has no value.
    private static RaftItem ToItem(Item item) => new(item.Name, item.Value!, item.Version);

    private static RaftException Outdated(string what, long? expected, Answer.Conflict conflict) => new(new RaftFailure(
        FailureKind.NotDone,
        FailureReason.Outdated,
        $"{what}, because "
            + (conflict.Version != 0 ? $"{(conflict.Name is { } other ? $"'{other}'" : "it")} has version {conflict.Version}"
                : conflict.Name is { } missing ? $"there is no item '{missing}'"
                : "there is none")
            + $" and the caller expects {(expected == 0 ? "none" : $"version {expected}")}. Read it again, and decide again."));

    private async Task<IReadOnlyList<RaftItem>> ReadAsync(Question question, TimeSpan? timeout, CancellationToken cancellation)
    {
        var limit = timeout ?? _timeouts.Query;
        var (view, _) = await _calls.AskAsync(question, CoordinationJson.Default.ItemsView, limit, null, cancellation)
            .ConfigureAwait(false);
        return [.. view.Items.Select(ToItem)];
    }

    // The answer is Done, with the version, or Conflict.
    private Task<(Answer Answer, long Version)> PutOnceAsync(
        string name, string value, ItemOptions? options, TimeSpan? timeout, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(value);
        options ??= new ItemOptions();
        return WriteOnceAsync(
            name,
            session => new Command.Put(value, options.ExpectedVersion, session, options.Lifetime),
            options.OfSession,
            NotWritten(name),
            timeout,
            cancellation);
    }

    // Writes again in the next session if the group has ended the one of the command.
    private async Task<(Answer Answer, long Version)> WriteOnceAsync(
        string name, Func<long, Command> command, bool isOfSession, string whatNot, TimeSpan? timeout, CancellationToken cancellation)
    {
        var limit = timeout ?? _timeouts.Append;
        var left = _calls.TimeLeft(limit);
        while (true)
        {
            var session = isOfSession ? await SessionAsync(whatNot, limit, left, cancellation).ConfigureAwait(false) : null;
            var (answer, serial) = await WriteAsync(name, command(session?.Id ?? 0), limit, left, cancellation).ConfigureAwait(false);
            if (answer is not Answer.NoSession)
            {
                return (answer, answer.StampOf(serial));
            }

            session?.Lose();
        }
    }

    private async Task<Session> SessionAsync(string whatNot, TimeSpan limit, Func<TimeSpan> left, CancellationToken cancellation)
    {
        try
        {
            return await _keeper.GetAsync(cancellation).WaitAsync(left().ForTimer(), _calls.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RaftException(new RaftFailure(
                FailureKind.NotDone,
                FailureReason.Unavailable,
                $"{whatNot}, because the coordination group has opened no session for this program within {limit}. "
                    + "Start a majority of its nodes, or all of them if the group has never run."));
        }
    }

    private Task<(Answer Answer, long Serial)> WriteAsync(
        string name, Command command, TimeSpan? timeout, CancellationToken cancellation)
    {
        var limit = timeout ?? _timeouts.Append;
        return WriteAsync(name, command, limit, _calls.TimeLeft(limit), cancellation);
    }

    private Task<(Answer Answer, long Serial)> WriteAsync(
        string name, Command command, TimeSpan limit, Func<TimeSpan> left, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var (whether, remedy, refused) = command is Command.Commit
            ? ("whether the transaction is done", "Read its items.", $"{NothingDone}. ")
            : ($"whether '{name}' has changed", "Read it.", $"Cannot write the item '{name}'. ");
        return _calls.DemandAsync(name, command, limit, left, whether, remedy, refused, cancellation);
    }
}
