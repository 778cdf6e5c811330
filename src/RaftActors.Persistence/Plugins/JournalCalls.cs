using RaftActors.Persistence.Settings;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Plugins;

/// <summary>Calls of the groups, which are repeated until they have an answer or their time is up. Thread-safe.</summary>
internal sealed class JournalCalls(PersistenceSettings settings, RaftShardsClient<Command, string> client, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Appends a command until its outcome is known. A repeat changes nothing if the group has it already: it knows the writer and the
    /// numbers of its latest events, and the other commands have the same effect twice.
    /// </summary>
    /// <returns>Whether it was a repeat of an attempt that may have been applied, and the result: why it was refused, or empty.</returns>
    /// <exception cref="RaftException">The journal is full, or this program may not write, or no outcome came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(bool IsRepeat, string Refusal)> AppendAsync(string id, Command command, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        for (var isRepeat = false; ;)
        {
            var left = settings.CallTimeout - time.GetElapsedTime(begin);
            var outcome = await client.For(id).AppendAsync(
                id, command, left > TimeSpan.Zero ? left : Pause, cancellationToken: cancellation).ConfigureAwait(false);
            if (outcome.HasResult)
            {
                return (isRepeat, outcome.Result);
            }

            isRepeat |= !outcome.IsNotDone;
            if (left <= Pause || outcome.Failure is
                {
                    Reason: FailureReason.Discarded or FailureReason.Invalid or FailureReason.Unauthorized or FailureReason.Closed,
                })
            {
                throw new RaftException(outcome.Failure ?? new RaftFailure(
                    FailureKind.Unknown,
                    FailureReason.Forgotten,
                    $"It is unknown whether the write of '{id}' was refused, because the group has forgotten the result. Recover the "
                        + "actor."));
            }

            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks a process of the group, by default after all writes that were committed before.</summary>
    /// <exception cref="RaftException">No answer came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(TAnswer Answer, Serial Serial)> AskAsync<TAnswer>(
        Question question, ReadConsistency? consistency = null, CancellationToken cancellation = default)
    {
        var outcome = await client.For(question.Id).QueryAsync<TAnswer>(
            question.ToBytes(), settings.CallTimeout, consistency, cancellation).ConfigureAwait(false);
        return (outcome.Result, outcome.Serial);
    }
}
