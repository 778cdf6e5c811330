using System.Collections.Concurrent;

using RaftActors.Persistence.Settings;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Plugins;

/// <summary>Calls of the groups, which are repeated until they have an answer or their time is up. Thread-safe.</summary>
/// <param name="clientOf">Returns the client of a shard.</param>
internal sealed class JournalCalls(
    PersistenceSettings settings, RaftShards shards, Func<RaftShard, RaftClient<Command, string>> clientOf, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, WriteQueue> _queues = [];

    public RaftShards Shards => shards;

    /// <summary>
    /// Appends a command until its outcome is known. A repeat changes nothing if the group has it already: it knows the writer and the
    /// numbers of its latest events, and the other commands have the same effect twice.
    /// </summary>
    /// <returns>Why the group has refused it, or <see cref="JournalState.Done"/>.</returns>
    /// <exception cref="RaftException">The journal is full, or this program may not write, or no outcome came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<string> AppendAsync(string id, Command command, CancellationToken cancellation)
    {
        var (result, isRepeat) = await AppendAsync(shards.Of(id), id, command, cancellation).ConfigureAwait(false);
        return ResultOf(id, result, isRepeat);
    }

    // Tells also whether an earlier attempt has a lost outcome.
    private async Task<(string Result, bool IsRepeat)> AppendAsync(
        RaftShard shard, string id, Command command, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        for (var isRepeat = false; ;)
        {
            var left = settings.CallTimeout - time.GetElapsedTime(begin);
            var outcome = await clientOf(shard).AppendAsync(
                id, command, left > TimeSpan.Zero ? left : Pause, cancellationToken: cancellation).ConfigureAwait(false);
            if (outcome.HasResult)
            {
                return (outcome.Result, isRepeat);
            }

            if (left <= Pause || outcome.Failure is
                {
                    Reason: FailureReason.Discarded or FailureReason.Invalid or FailureReason.Unauthorized or FailureReason.Closed,
                })
            {
                // Without this, an event that an earlier attempt has stored would count as refused.
                throw outcome.Failure is { } failure && !(isRepeat && outcome.IsNotDone)
                    ? new RaftException(failure)
                    : Lost(id, $"{outcome.Failure?.Detail ?? "the group has forgotten the result"}.");
            }

            isRepeat |= !outcome.IsNotDone;
            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the result of a command.</summary>
    /// <exception cref="RaftException">
    /// A repeat was refused. Its first attempt may have been applied, and another incarnation may have written behind it.
    /// </exception>
    public static string ResultOf(string id, string result, bool isRepeat) =>
        result == JournalState.Done || !isRepeat ? result : throw Lost(id, result);

    private static RaftException Lost(string id, string last) => new(new RaftFailure(
        FailureKind.Unknown,
        FailureReason.Forgotten,
        $"It is unknown whether the write of '{id}' was applied, because the outcome of an earlier attempt was lost. Recover the actor. "
            + $"The last attempt: {last}"));

    /// <summary>Appends events as <c>AppendAsync</c> does, those of several actors of this node as one pair.</summary>
    /// <returns>Why the group has refused them, or <see cref="JournalState.Done"/>.</returns>
    /// <exception cref="RaftException">As of <c>AppendAsync</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The events may be written.</exception>
    public Task<string> WriteAsync(string id, Command.Write write, CancellationToken cancellation)
    {
        var shard = shards.Of(id);
        var queue = _queues.GetOrAdd(shard.Group, _ => new WriteQueue(
            (key, command) => AppendAsync(shard, key, command, CancellationToken.None), settings.WriteSizeMaxBytes));
        return queue.WriteAsync(id, write, cancellation).WaitAsync(cancellation);
    }

    /// <summary>Returns whether nothing was written, and would not be if it were sent again.</summary>
    public static bool IsRefusal(Exception cause) => cause is RaftException
    {
        Failure: { Kind: FailureKind.NotDone, Reason: FailureReason.Discarded or FailureReason.Invalid },
    };

    /// <summary>Asks a process of the group, by default after all writes that were committed before.</summary>
    /// <exception cref="RaftException">No answer came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<(TAnswer Answer, Serial Serial)> AskAsync<TAnswer>(
        Question question, ReadConsistency? consistency = null, CancellationToken cancellation = default) =>
        AskAsync<TAnswer>(shards.Of(question.Id), question, consistency, cancellation);

    /// <summary>Asks a process of this group.</summary>
    /// <exception cref="RaftException">No answer came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(TAnswer Answer, Serial Serial)> AskAsync<TAnswer>(
        RaftShard shard, Question question, ReadConsistency? consistency = null, CancellationToken cancellation = default)
    {
        var outcome = await clientOf(shard).QueryAsync<TAnswer>(
            question.ToBytes(), settings.CallTimeout, consistency, cancellation).ConfigureAwait(false);
        return (outcome.Result, outcome.Serial);
    }
    /// <summary>
    /// Reads the events with these numbers in their order. The leader answers for the first page, so it has all writes that were committed
    /// before. The process of this node answers for the others.
    /// </summary>
    /// <param name="max">The most events.</param>
    /// <exception cref="RaftException">No answer came in time, or events were deleted meanwhile that were not read.</exception>
    public async Task ReadAsync(string id, long from, long to, long max, Action<StoredEvent> onEvent)
    {
        ReadConsistency? consistency = null;
        for (var (next, left) = (from, max); left > 0 && next <= to;)
        {
            Question.Events question = new(id, next, to, (int)Math.Min(left, int.MaxValue), settings.PageSizeBytes);
            var (page, serial) = await AskAsync<byte[]>(question, consistency).ConfigureAwait(false);
            var events = EventPage.Read(page);
            var hasGap = events.Count == 0 || events[0].SequenceNr != next;
            if (hasGap && consistency is not null && !await HasAsync(id, next - 1, serial).ConfigureAwait(false))
            {
                throw new RaftException(new RaftFailure(
                    FailureKind.NotDone,
                    FailureReason.Compacted,
                    $"Events of '{id}' behind the sequence number {next - 1} were deleted while they were read. Recover the actor again."));
            }

            foreach (var each in events)
            {
                onEvent(each);
            }

            if (events.Count == 0)
            {
                return;
            }

            consistency ??= ReadConsistency.NotOlderThan(serial);
            left -= events.Count;
            next = events[^1].SequenceNr + 1;
        }
    }

    // Deletions go from the first event on. So while the one before a page is left, the page lacks none, and its gap is of rejected events.
    private async Task<bool> HasAsync(string id, long number, Serial serial)
    {
        Question.Events question = new(id, number, number, Max: 1, settings.PageSizeBytes);
        var (page, _) = await AskAsync<byte[]>(question, ReadConsistency.NotOlderThan(serial)).ConfigureAwait(false);
        return EventPage.Read(page).Count > 0;
    }
}
