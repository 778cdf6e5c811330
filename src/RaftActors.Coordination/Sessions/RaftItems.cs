using System.Collections.Immutable;
using System.Runtime.CompilerServices;

using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination;

/// <summary>
/// Small texts by name, the same for all programs: settings, counters, the addresses of services. Each write has a version, so a program
/// can write only if no other one did. Thread-safe.
/// <para>
/// A registry of services is the items of sessions below a prefix. Each instance puts its address there with <c>ofSession</c>, and its
/// clients watch the prefix. The item of a dead instance disappears with its session. An instance that was only suspended for too long sees
/// the deletion in its own watch, and puts its address again.
/// </para>
/// </summary>
/// <remarks>The group holds 8 MiB of items. Each one counts 128 bytes and its texts.</remarks>
public sealed class RaftItems
{
    private readonly CoordinationCalls _calls;
    private readonly SessionKeeper _keeper;

    internal RaftItems(CoordinationCalls calls, SessionKeeper keeper) => (_calls, _keeper) = (calls, keeper);

    /// <summary>Reads an item.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="RaftException">The group did not answer within <c>raft-coordination.call-timeout</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RaftItem?> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return (await ReadAsync(new Question.OfItem(name), cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <summary>Reads all items with a prefix at one moment, sorted by name.</summary>
    /// <param name="prefix">The beginning of their names, or empty for all items.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RaftException">The group did not answer within <c>raft-coordination.call-timeout</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<IReadOnlyList<RaftItem>> ListAsync(string prefix = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return ReadAsync(new Question.OfChanges(prefix, -1), cancellationToken);
    }

    /// <summary>Writes an item.</summary>
    /// <param name="name">Its name. At most 1000 characters.</param>
    /// <param name="value">Its value. At most 9000 characters.</param>
    /// <param name="expectedVersion">Writes only if the item has this version, or with 0 only if there is none. By default always.</param>
    /// <param name="ofSession">The item disappears with this program's session, when it ends, crashes, or is suspended for too
    /// long.</param>
    /// <param name="lifetime">
    /// The item disappears if it is not written again within this time, from 100 ms to 365 days. By default it stays.
    /// </param>
    /// <param name="cancellationToken">Ends the call. The item may nevertheless be written.</param>
    /// <returns>The version of the item, or null if it was not written, because it does not have the expected version.</returns>
    /// <exception cref="RaftException">
    /// It is unknown whether the item is written: no answer came within <c>raft-coordination.call-timeout</c>, or the group has forgotten
    /// this program between two attempts.
    /// </exception>
    /// <exception cref="InvalidOperationException">The group refuses the call. The message says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<long?> PutAsync(
        string name,
        string value,
        long? expectedVersion = null,
        bool ofSession = false,
        TimeSpan? lifetime = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        while (true)
        {
            var session = ofSession ? await _keeper.GetAsync(cancellationToken).ConfigureAwait(false) : null;
            var put = new Command.Put(value, expectedVersion, session?.Id ?? 0, lifetime);
            var (answer, serial) = await WriteAsync(name, put, cancellationToken).ConfigureAwait(false);
            if (answer is not Answer.NoSession)
            {
                return answer is Answer.Done done ? done.StampOf(serial) : null;
            }

            session?.Lose();
        }
    }

    /// <summary>
    /// Adds to an item that is a whole number. A missing one counts as 0. Each caller gets another sum, so a program that adds 1000 gets
    /// 1000 unique numbers, up to the sum.
    /// </summary>
    /// <param name="name">The name of the item.</param>
    /// <param name="delta">The number to add, which may be negative.</param>
    /// <param name="cancellationToken">Ends the call. The addition may nevertheless be made.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="RaftException">As in <see cref="PutAsync"/>. The addition is made once or not at all.</exception>
    /// <exception cref="InvalidOperationException">The item is no number, or the sum exceeds 64 bits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<long> AddAsync(string name, long delta = 1, CancellationToken cancellationToken = default) =>
        ((Answer.Counted)(await WriteAsync(name, new Command.Add(delta), cancellationToken).ConfigureAwait(false)).Answer).Value;

    /// <summary>Deletes an item.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expectedVersion">Deletes only if the item has this version. By default always.</param>
    /// <param name="cancellationToken">Ends the call. The item may nevertheless be deleted.</param>
    /// <returns>False if there is no such item, or it has another version.</returns>
    /// <exception cref="RaftException">As in <see cref="PutAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<bool> DeleteAsync(string name, long? expectedVersion = null, CancellationToken cancellationToken = default) =>
        (await WriteAsync(name, new Command.Delete(expectedVersion), cancellationToken).ConfigureAwait(false)).Answer is Answer.Done;

    /// <summary>
    /// Streams the items with a prefix: first as they are, then after each change once, in the order of the group. The group remembers the
    /// last 1000 changes. A reader that falls behind them is told the items without the changes. The stream continues after failures of the
    /// group.
    /// </summary>
    /// <param name="prefix">The beginning of the names, or empty for all items.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The actor system has ended.</exception>
    public async IAsyncEnumerable<RaftItemChange> WatchAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var items = ImmutableSortedDictionary.Create<string, RaftItem>(StringComparer.Ordinal);
        await foreach (var view in _calls.FollowItemsAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (view.IsWhole)
            {
                items = items.Clear().AddRange(view.Items.Select(item => KeyValuePair.Create(item.Name, ToItem(item))));
                yield return new RaftItemChange(null, 0, items);
                continue;
            }

            foreach (var change in view.Items)
            {
                items = change.Value is null ? items.Remove(change.Name) : items.SetItem(change.Name, ToItem(change));
                yield return new RaftItemChange(change.Name, change.Version, items);
            }
        }
    }

    // Justification: only a change that deleted an item has no value.
    private static RaftItem ToItem(Item item) => new(item.Name, item.Value!, item.Version);

    private async Task<IReadOnlyList<RaftItem>> ReadAsync(Question question, CancellationToken cancellation)
    {
        var (view, _) = await _calls.AskAsync(question, CoordinationJson.Default.ItemsView, _calls.CallTimeout, null, cancellation)
            .ConfigureAwait(false);
        return [.. view.Items.Select(ToItem)];
    }

    private async Task<(Answer Answer, long Serial)> WriteAsync(string name, Command command, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var written = await _calls.AppendAsync(name, command, _calls.CallTimeout, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return written switch
        {
            (Answer.Refused refused, _) => throw new InvalidOperationException($"Cannot write the item '{name}'. {refused.Why}"),
            { } answered => answered,
            null => throw new RaftException(new RaftFailure(
                FailureKind.Unknown,
                FailureReason.TimedOut,
                $"It is unknown whether '{name}' has changed, because the coordination group did not answer within "
                    + $"{_calls.CallTimeout}, or has forgotten this program between two attempts. Read it.")),
        };
    }
}
