using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Sessions;

/// <summary>Calls of the coordination group: commands that are sent again until they have an answer, and questions. Thread-safe.</summary>
/// <param name="ended">Ends with the actor system.</param>
internal sealed class GroupCalls(RaftClient<Command, Answer> client, Task ended) : IAsyncDisposable
{
    /// <summary>A call that failed at once, such as one of a client with too many, is repeated after this time.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Guid _self = Guid.NewGuid();
    private long _commands;

    /// <summary>As the other one, for a time that no renewal of a session prolongs.</summary>
    /// <param name="timeout">The time for all attempts.</param>
    /// <param name="time">Measures it.</param>
    public Task<(Answer Answer, long Serial)?> AppendAsync(
        string name, Command command, TimeSpan timeout, TimeProvider time, CancellationToken cancellation = default)
    {
        var begin = time.GetTimestamp();
        return AppendAsync(name, command, () => timeout - time.GetElapsedTime(begin), time, cancellation);
    }

    /// <summary>
    /// Appends a command. All attempts have one request key, so the group applies the command once. The group remembers 16,384 keys, and
    /// the renewals of many sessions would soon push out the others. So a <see cref="Command.Renew"/> has none: two are as good as one.
    /// </summary>
    /// <param name="timeLeft">The time that is left for all attempts; zero or below: none.</param>
    /// <param name="time">Measures the pauses between attempts.</param>
    /// <exception cref="ObjectDisposedException">The actor system has ended.</exception>
    /// <exception cref="RaftUnauthorizedException">The credentials of this program do not allow it.</exception>
    /// <returns>The answer and the serial of its pair; null: none came in time.</returns>
    public async Task<(Answer Answer, long Serial)?> AppendAsync(
        string name, Command command, Func<TimeSpan> timeLeft, TimeProvider time, CancellationToken cancellation = default)
    {
        RequestKey? key = command is Command.Renew ? null : new($"{_self}/{Interlocked.Increment(ref _commands)}");
        while (timeLeft() is var left && left > TimeSpan.Zero && !cancellation.IsCancellationRequested)
        {
            var outcome = await client.AppendAsync(name, command, left, cancellation, key).ConfigureAwait(false);
            switch (outcome)
            {
                case Outcome<Answer>.Done done when done.TryGetResult(out var answer):
                    return (answer, done.Serial.Value);
                case Outcome<Answer>.NotCommitted { Reason: NotCommittedReason.Closed } closed:
                    throw new ObjectDisposedException(nameof(RaftCoordination), closed.Detail);
                case Outcome<Answer>.NotCommitted { Reason: NotCommittedReason.Unauthorized } forbidden:
                    throw new RaftUnauthorizedException(forbidden.Detail);
                case Outcome<Answer>.NotCommitted { Reason: NotCommittedReason.Invalid } refused:
                    return (new Answer.Refused(refused.Detail), 0);
            }

            await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    /// <summary>Asks a question.</summary>
    /// <param name="notBelow">The answer is not older than this serial; null: linearizable.</param>
    /// <exception cref="RaftUnavailableException">No process answered in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(TAnswer Answer, Serial Serial)> AskAsync<TAnswer>(
        Question question, JsonTypeInfo<TAnswer> type, TimeSpan? timeout, Serial? notBelow, CancellationToken cancellation)
        where TAnswer : class
    {
        var consistency = notBelow is { } serial ? ReadConsistency.NotOlderThan(serial) : ReadConsistency.Linearizable;
        var (bytes, at) = await client.QueryWithSerialAsync<byte[]>(CoordinationJson.ToBytes(question), timeout, consistency, cancellation)
            .ConfigureAwait(false);
        var answer = JsonSerializer.Deserialize(bytes, type)
            ?? throw new RaftUnavailableException($"The group '{client.Group}' answered with nothing.");
        return (answer, at);
    }

    /// <summary>Asks a question again and again: after each answer, when a later pair is committed. Ends with the token only.</summary>
    /// <param name="question">The next question, given the serial of the latest answer; at first -1.</param>
    /// <param name="time">Measures the pause after a failure.</param>
    /// <exception cref="ObjectDisposedException">The actor system has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<TAnswer> FollowAsync<TAnswer>(
        Func<long, Question> question,
        JsonTypeInfo<TAnswer> type,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellation)
        where TAnswer : class
    {
        Serial? at = null;
        while (true)
        {
            TAnswer? answer = null;
            try
            {
                (answer, at) = await AskAsync(question(at?.Value ?? -1), type, null, at?.Next, cancellation).ConfigureAwait(false);
            }
            catch (RaftUnavailableException)
            {
                // No pair was committed for a while, or no process answers.
                ObjectDisposedException.ThrowIf(ended.IsCompleted, typeof(RaftCoordination));
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
            }

            if (answer is not null)
            {
                yield return answer;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();
}
