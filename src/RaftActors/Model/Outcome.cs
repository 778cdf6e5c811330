using System.Text;
using System.Text.Json.Serialization;

namespace RaftActors;

/// <summary>
/// How a call ended: done, or failed. The <c>replyTo</c> of a call receives exactly one. Fakes and tests create one with
/// <see cref="Failure"/>, or with <see cref="Serial"/> and <see cref="Result"/>.
/// </summary>
/// <typeparam name="TResult">
/// Of an Append: the type of the results of HandleAppend. Of a change: <see cref="Membership"/>. Of a read: the type of the answer; the
/// replyTo of a Query receives one of object.
/// </typeparam>
public sealed record Outcome<TResult> : IOutcome
{
    private readonly TResult _result = default!; // Justification: nothing reads it without a result.

    /// <summary>
    /// Why the call failed. Null: it is done. The pair of an Append is committed then, so no later leader can lack it, or the change is in
    /// force, or a state of the consistency that was asked for has answered.
    /// </summary>
    public RaftFailure? Failure { get; init; }

    /// <summary>The call is done: <see cref="Failure"/> is null.</summary>
    [JsonIgnore]
    public bool IsDone => Failure is null;

    /// <summary>The call did nothing, and never will. A retry is safe. See <see cref="FailureKind.NotDone"/>.</summary>
    [JsonIgnore]
    public bool IsNotDone => Failure?.Kind == FailureKind.NotDone;

    /// <summary>The call may have taken effect, or may do so later. See <see cref="FailureKind.Unknown"/>.</summary>
    [JsonIgnore]
    public bool IsUnknown => Failure?.Kind == FailureKind.Unknown;

    /// <summary>
    /// Of an Append: the serial of the pair. Of a change: the last serial that was committed before this outcome. Of a read: the last
    /// serial of the state that answered, which is a token for <see cref="ReadConsistency.NotOlderThan"/>. 0 before the first pair.
    /// </summary>
    public Serial Serial { get; init; }

    /// <summary>The ref that the call returned.</summary>
    public RequestRef Request { get; init; }

    /// <summary>
    /// The return value of HandleAppend or HandleQuery, or the group after a change. A repeat has the result of the first call: a client's
    /// retry, or another call with the same <see cref="RequestKey"/>. Each actor keeps the results of its last 16,384 pairs without a
    /// request key and of its last 16,384 with one, up to 1 MiB each. Snapshots have them too.
    /// </summary>
    /// <exception cref="RaftException">The call failed.</exception>
    /// <exception cref="InvalidOperationException">It is done without a result (<see cref="HasResult"/>).</exception>
    [JsonIgnore]
    public TResult Result
    {
        get => HasResult ? _result
            : Failure is { } failure ? throw new RaftException(failure)
            : throw new InvalidOperationException(
                $"{Call} is done, and has no result: its actor gave none, has forgotten it, or could not send it, as the log "
                    + "of the node says then. Use ResultOr.");
        init => (_result, HasResult) = (value, true);
    }

    /// <summary>
    /// The call is done with a result. There is none if HandleAppend threw an exception, or an override of HandleSerial took the pair and
    /// did not call the base. The same holds if the actor had stopped, or starts above the pair by
    /// <see cref="RaftOptions{TValue}.LastSerial"/>. A repeat has none either if the first result is forgotten, or has more than 64 KiB. A
    /// result that cannot be converted to bytes, or does not fit into a frame, does not leave its node.
    /// </summary>
    public bool HasResult { get; private init; }

    private string Call => Request == default ? "The call" : $"The call {Request}";

    Type IOutcome.ResultType => typeof(TResult);

    /// <summary>Returns the result, or <paramref name="otherwise"/> if there is none.</summary>
    /// <param name="otherwise">The value without a result.</param>
    public TResult ResultOr(TResult otherwise) => HasResult ? _result : otherwise;

    /// <summary>Returns this outcome if the call is done, and throws otherwise.</summary>
    /// <exception cref="RaftException">The call failed.</exception>
    public Outcome<TResult> OrThrow() => Failure is { } failure ? throw new RaftException(failure) : this;

    Outcome<T> IOutcome.As<T>() => this as Outcome<T> ?? (
        !HasResult ? new Outcome<T> { Failure = Failure, Serial = Serial, Request = Request }
        : _result is T || (_result is null && default(T) is null)
        // Justification: T admits null, as just asked.
        ? new Outcome<T> { Serial = Serial, Result = (T)(object)_result!, Request = Request }
        : throw new InvalidOperationException(
            $"{Call} is done, with serial {Serial}. Its result is {(object?)_result?.GetType() ?? "null"}, and the caller "
                + $"expects {typeof(T)}. Use the type that the actors return."));

    private bool PrintMembers(StringBuilder builder)
    {
        var end = Failure is { } failure ? $"{failure}" : $"Serial = {Serial}, {(HasResult ? $"Result = {_result}" : "no result")}";
        builder.Append(Request == default ? end : $"{end}, Request = {Request}");
        return true;
    }
}
