using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using RaftActors.Coordination.Settings;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Sessions;

/// <summary>Calls of the coordination group: commands that are sent again until they have an answer, and questions. Thread-safe.</summary>
/// <param name="client">Appends all commands of sessions, because a session obeys the client that opened it.</param>
/// <param name="time">Measures the times and pauses of calls.</param>
/// <param name="others">Appends the other writes and asks all questions. By default the same client.</param>
internal sealed class CoordinationCalls(
    RaftClient<Command, Answer> client, TimeProvider time, RaftClient<Command, Answer>? others = null) : IAsyncDisposable
{
    // Named in exceptions, because users know this type.
    internal const string Users = "RaftCoordination";

    // The most claims and items of a session that are being sent. A client sends more at a time, so a renewal never waits for them.
    private const int SessionCallsMax = 128;

    /// <summary>The pause after a call that failed at once, for instance because the client has too many.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RaftClient<Command, Answer> _others = others ?? client;
    private readonly SemaphoreSlim _sessionCalls = new(SessionCallsMax);

    /// <summary>The times of calls that name none.</summary>
    public CallTimeouts Timeouts { get; init; } = CallTimeouts.InBackground;

    public TimeProvider Time => time;

    /// <summary>Appends a command within a fixed time, which no renewal of the session prolongs.</summary>
    /// <param name="timeout">The time for all attempts.</param>
    public Task<(Answer Answer, long Serial)?> AppendAsync(
        string name, Command command, TimeSpan timeout, CancellationToken cancellation = default) =>
        AppendAsync(name, command, TimeLeft(timeout), cancellation);

    /// <summary>Begins the time of a call, and returns the function that tells what is left of it.</summary>
    /// <param name="timeout">The whole time. Infinite: it never ends.</param>
    public Func<TimeSpan> TimeLeft(TimeSpan timeout)
    {
        var begin = time.GetTimestamp();
        return () => timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - time.GetElapsedTime(begin);
    }

    /// <summary>
    /// Appends a command. The client sends it again until an answer comes, and the group applies it once. The loop handles what the client
    /// leaves to its caller: a busy group or client, a session that was renewed meanwhile, and a group that has forgotten the client. In
    /// the last case the commands of sessions are appended again, because they may be applied twice. A write of an item could have its
    /// effect twice, so it ends without an answer.
    /// <para>
    /// The writes of a program never delay the renewals of its session. Items that belong to no session go by another client, and the
    /// claims and items of the session wait for their turn before they reach the client.
    /// </para>
    /// </summary>
    /// <param name="timeLeft">Returns the time that is left for all attempts.</param>
    /// <exception cref="ObjectDisposedException">The client was disposed, or its actor system has ended.</exception>
    /// <exception cref="RaftException">
    /// The credentials of this program do not allow it, or a node of the group has an older program, which does not know the command.
    /// </exception>
    /// <returns>The answer and the serial of its pair, or null if none came in time.</returns>
    public async Task<(Answer Answer, long Serial)?> AppendAsync(
        string name, Command command, Func<TimeSpan> timeLeft, CancellationToken cancellation = default)
    {
        RaftFailure? notYet = null;
        while (timeLeft() > TimeSpan.Zero && !cancellation.IsCancellationRequested)
        {
            var outcome = await SendAsync(name, command, timeLeft, cancellation).ConfigureAwait(false);
            switch (outcome)
            {
                case null:
                    continue;
                case { HasResult: true }:
                    return (outcome.Result, outcome.Serial.Value);
                case { Failure: null or { Kind: FailureKind.Unknown } } when Command.IsOfItems(command):
                    return null;
                case { Failure: { Kind: FailureKind.NotDone, Reason: FailureReason.Closed } closed }:
                    throw new ObjectDisposedException(Users, closed.Detail);
                case { Failure: { Reason: FailureReason.Unauthorized } forbidden }:
                    throw new RaftException(forbidden);
                case { Failure: { Reason: FailureReason.Invalid } refused }:
                    return (new Answer.Refused(refused.Detail), 0);

                // Sent again, because a leader that has just started does not know the version of its group.
                case { Failure: { Reason: FailureReason.NotYet } early }:
                    notYet = early;
                    break;
            }

            await PauseAsync(cancellation).ConfigureAwait(false);
        }

        return notYet is null || cancellation.IsCancellationRequested ? null : throw new RaftException(notYet);
    }

    /// <summary>Appends a command, for a caller to which no answer is a failure.</summary>
    /// <param name="limit">The time for all attempts, which the message names.</param>
    /// <param name="left">Returns what is left of it.</param>
    /// <param name="whether">What is unknown without an answer, such as "whether 'x' has changed".</param>
    /// <param name="remedy">How the caller learns it: a sentence.</param>
    /// <param name="refused">The beginning of the message of a refusal, with a space at its end, or empty.</param>
    /// <exception cref="ObjectDisposedException">The client was disposed, or its actor system has ended.</exception>
    /// <exception cref="RaftException">The credentials of this program do not allow it, or no answer came in time.</exception>
    /// <exception cref="InvalidOperationException">The group refuses the command.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(Answer Answer, long Serial)> DemandAsync(
        string name,
        Command command,
        TimeSpan limit,
        Func<TimeSpan> left,
        string whether,
        string remedy,
        string refused,
        CancellationToken cancellation)
    {
        var done = await AppendAsync(name, command, left, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return done switch
        {
            (Answer.Refused { Why: var why }, _) => throw new InvalidOperationException($"{refused}{why}"),
            { } answered => answered,
            null => throw new RaftException(new RaftFailure(
                FailureKind.Unknown,
                FailureReason.TimedOut,
                $"It is unknown {whether}, because the coordination group did not answer within {limit}, or has forgotten this program "
                    + $"between two attempts. {remedy}")),
        };
    }

    /// <param name="consistency">How old the answer may be. Null: linearizable.</param>
    /// <exception cref="RaftException">No process answered in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(TAnswer Answer, Serial Serial)> AskAsync<TAnswer>(
        Question question, JsonTypeInfo<TAnswer> type, TimeSpan? timeout, ReadConsistency? consistency, CancellationToken cancellation)
        where TAnswer : class
    {
        var asked = await _others.QueryAsync<byte[]>(CoordinationJson.ToBytes(question), timeout, consistency, cancellation)
            .ConfigureAwait(false);
        var answer = JsonSerializer.Deserialize(asked.Result, type)
            ?? throw new RaftException(new RaftFailure(
                FailureKind.NotDone,
                FailureReason.Invalid,
                $"The group '{client.Group}' answered with nothing. Give the group of raft-coordination.group to coordination alone."));
        return (answer, asked.Serial);
    }

    /// <summary>
    /// Asks a question repeatedly: after each answer, once a later pair is committed. After the first answer it ends only with the token. A
    /// restored group has fewer pairs than before, so after a failure the next question waits for no pair.
    /// </summary>
    /// <param name="question">Makes the next question from the latest answer and its serial. The answer is null at first.</param>
    /// <param name="timeout">The time until the first answer.</param>
    /// <exception cref="RaftException">The first answer did not come in time, or this program may not ask.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed, or its actor system has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<TAnswer> FollowAsync<TAnswer>(
        Func<TAnswer?, long, Question> question,
        JsonTypeInfo<TAnswer> type,
        TimeSpan timeout,
        [EnumeratorCancellation] CancellationToken cancellation)
        where TAnswer : class
    {
        var left = TimeLeft(timeout);
        TAnswer? latest = null;
        Serial at = default;
        ReadConsistency? consistency = null;
        while (true)
        {
            TAnswer? answer = null;
            try
            {
                TimeSpan? limit = latest is null && timeout != Timeout.InfiniteTimeSpan && left() < Timeouts.Query ? left() : null;
                (answer, at) = await AskAsync(question(latest, at.Value), type, limit, consistency, cancellation).ConfigureAwait(false);
                (latest, consistency) = (answer, ReadConsistency.NotOlderThan(at.Next));
            }
            catch (RaftException closed) when (closed.Failure?.Reason == FailureReason.Closed)
            {
                throw new ObjectDisposedException(Users);
            }
            catch (RaftException e) when (e.Failure?.Reason != FailureReason.Unauthorized)
            {
                consistency = null;

                // No pair was committed for a while, or no process answers.
                if (latest is null && left() <= Pause)
                {
                    throw;
                }

                await PauseAsync(cancellation).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }

            if (answer is not null)
            {
                yield return answer;
            }
        }
    }

    /// <summary>Follows the items with a prefix: all of them, then each change, or all again after a gap.</summary>
    public IAsyncEnumerable<ItemsView> FollowItemsAsync(string prefix, TimeSpan timeout, CancellationToken cancellation) => FollowAsync(
        (view, serial) => new Question.OfChanges(prefix, view is null ? -1 : view.Era + serial),
        CoordinationJson.Default.ItemsView,
        timeout,
        cancellation);

    public Task PauseAsync(CancellationToken cancellation) => time.PauseAsync(Pause, cancellation);

    // Null if the command was not sent, because its time is over or it was cancelled.
    private async Task<Outcome<Answer>?> SendAsync(
        string name, Command command, Func<TimeSpan> timeLeft, CancellationToken cancellation)
    {
        switch (command)
        {
            case Command.Open or Command.Renew or Command.Close:
                return await client.AppendAsync(name, command, timeLeft(), cancellationToken: cancellation).ConfigureAwait(false);
            case Command.Put { Session: 0 } or Command.Add or Command.Delete or Command.Commit { Session: 0 }:
                return await _others.AppendAsync(name, command, timeLeft(), cancellationToken: cancellation).ConfigureAwait(false);
        }

        if (!await TakeTurnAsync(timeLeft(), cancellation).ConfigureAwait(false))
        {
            return null;
        }

        try
        {
            return timeLeft() is var left && left > TimeSpan.Zero
                ? await client.AppendAsync(name, command, left, cancellationToken: cancellation).ConfigureAwait(false)
                : null;
        }
        finally
        {
            _sessionCalls.Release();
        }
    }

    private async Task<bool> TakeTurnAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout.ForTimer(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await _sessionCalls.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync().ConfigureAwait(false);
        await _others.DisposeAsync().ConfigureAwait(false);
    }
}
