using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RaftActors;

/// <summary>
/// How an Append or a change of the group ended: done, not committed, or unknown. The <c>replyTo</c> of the call receives exactly one. A
/// closed set of types.
/// </summary>
/// <typeparam name="TResult">
/// Of an Append: the type of the results of HandleAppend. Of a change: <see cref="Membership"/>.
/// </typeparam>
public abstract record Outcome<TResult> : IOutcome
{
    private Outcome(RequestRef request) => Request = request;

    /// <summary>The ref that the call returned.</summary>
    public RequestRef Request { get; init; }

    Type IOutcome.ResultType => typeof(TResult);

    CancelReason? IOutcome.Failure => Match<CancelReason?>(
        _ => null,
        notCommitted => new CancelReason.NotCommitted(notCommitted.Reason, notCommitted.Detail),
        unknown => new CancelReason.Unknown(unknown.Reason));

    /// <summary>Calls the function of the case that this outcome is, and returns its value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="done">Called for <see cref="Done"/>.</param>
    /// <param name="notCommitted">Called for <see cref="NotCommitted"/>.</param>
    /// <param name="unknown">Called for <see cref="Unknown"/>.</param>
    public T Match<T>(Func<Done, T> done, Func<NotCommitted, T> notCommitted, Func<Unknown, T> unknown)
    {
        ArgumentNullException.ThrowIfNull(done);
        ArgumentNullException.ThrowIfNull(notCommitted);
        ArgumentNullException.ThrowIfNull(unknown);
        return this switch
        {
            Done known => done(known),
            NotCommitted known => notCommitted(known),
            _ => unknown((Unknown)this),
        };
    }

    /// <exception cref="InvalidOperationException">No Append and no change ends with this reason.</exception>
    internal static Outcome<TResult> Of(CancelReason reason, RequestRef request) => reason switch
    {
        CancelReason.NotCommitted known => new NotCommitted(known.Reason, known.Detail, request),
        CancelReason.Unknown known => new Unknown(known.Reason, request),
        _ => throw new InvalidOperationException($"The Append {request} cannot end as {reason}. Cancel it as NotCommitted or Unknown."),
    };

    Outcome<T> IOutcome.As<T>() => this as Outcome<T>
        ?? (this is not Done done ? Outcome<T>.Of(((IOutcome)this).Failure!, Request) // Justification: it is not done.
            : !done.TryGetResult(out var result) ? Outcome<T>.Done.WithoutResult(done.Serial, done.Request)
            : result is T || (result is null && default(T) is null)
            ? new Outcome<T>.Done(done.Serial, (T)(object)result!, done.Request) // Justification: T admits null, as just asked.
            : throw new InvalidOperationException(
                $"The pair {done.Serial} of {done.Request} is committed. Its result is {(object?)result?.GetType() ?? "null"}, and "
                    + $"this client expects {typeof(T)}. Create the client with the result type of the actors."));

    /// <summary>Returns this outcome if it is <see cref="Done"/>, and throws otherwise.</summary>
    /// <exception cref="RaftNotCommittedException">Nothing was appended or changed. A retry is safe.</exception>
    /// <exception cref="RaftUnknownOutcomeException">The call took effect already, will, or never will.</exception>
    public Done OrThrow() => Match(
        done => done,
        notCommitted => throw new RaftNotCommittedException(notCommitted.Reason, notCommitted.Detail, notCommitted.Request),
        unknown => throw new RaftUnknownOutcomeException(unknown.Reason, unknown.Request));

    /// <summary>
    /// The pair is committed: no later leader can lack it. Or the change is in force.
    /// <para>
    /// The result of an Append is the return value of HandleAppend. A repeat has the result of the first call: a client's retry, or another
    /// call with the same <see cref="RequestKey"/>. Each actor keeps the results of its last 16,384 pairs without a request key and of its
    /// last 16,384 with one, up to 1 MiB each. Snapshots have them too.
    /// </para>
    /// <para>
    /// There is no result if HandleAppend threw an exception, or an override of HandleSerial took the pair and did not call the base. The
    /// same holds if the actor had stopped, or starts above the pair by <see cref="RaftOptions{TValue}.LastSerial"/>. A repeat has none
    /// either if the first result is forgotten, has more than 64 KiB, or could not be converted to bytes. The result of a change is the
    /// group after it.
    /// </para>
    /// </summary>
    public sealed record Done : Outcome<TResult>
    {
        private readonly TResult _result;
        private readonly bool _hasResult;

        /// <summary>Creates an outcome with a result.</summary>
        /// <param name="serial">See <see cref="Serial"/>.</param>
        /// <param name="result">The return value of HandleAppend, or the group after the change.</param>
        /// <param name="request">The ref that the call returned.</param>
        public Done(Serial serial, TResult result, RequestRef request = default)
            : base(request) => (Serial, _result, _hasResult) = (serial, result, true);

        private Done(Serial serial, RequestRef request)
            : base(request) => (Serial, _result) = (serial, default!); // Justification: nothing reads it.

        /// <summary>Of an Append: the serial of the pair. Of a change: the last serial that was committed before this outcome.</summary>
        public Serial Serial { get; init; }

        /// <summary>Gets the result. False: there is none, and the pair is committed all the same.</summary>
        /// <param name="result">The result.</param>
        public bool TryGetResult([MaybeNullWhen(false)] out TResult result)
        {
            result = _result;
            return _hasResult;
        }

        /// <summary>Returns the result, or <paramref name="otherwise"/> if there is none.</summary>
        /// <param name="otherwise">The value without a result.</param>
        public TResult ResultOr(TResult otherwise) => _hasResult ? _result : otherwise;

        /// <summary>Creates an outcome without a result.</summary>
        /// <param name="serial">See <see cref="Serial"/>.</param>
        /// <param name="request">The ref that the call returned.</param>
        public static Done WithoutResult(Serial serial, RequestRef request = default) => new(serial, request);

        /// <inheritdoc/>
        protected override bool PrintMembers(StringBuilder builder)
        {
            builder.Append($"Serial = {Serial}, ").Append(_hasResult ? $"Result = {_result}, " : "no result, ");
            builder.Append($"Request = {Request}");
            return true;
        }
    }

    /// <summary>Nothing was appended or changed, and this call will not do it. A retry is safe.</summary>
    /// <param name="Reason">The cause.</param>
    /// <param name="Detail">The cause with its values, as text for people.</param>
    /// <param name="Request">The ref that the call returned.</param>
    public sealed record NotCommitted(NotCommittedReason Reason, string Detail, RequestRef Request = default) : Outcome<TResult>(Request);

    /// <summary>
    /// The call may have reached a leader. It took effect already, will, or never will. If the pair of an Append is committed, HandleAppend
    /// or a snapshot still delivers it. A retry may append it twice, unless both calls have the same <see cref="RequestKey"/>.
    /// </summary>
    /// <param name="Reason">The cause.</param>
    /// <param name="Request">The ref that the call returned.</param>
    public sealed record Unknown(UnknownReason Reason, RequestRef Request = default) : Outcome<TResult>(Request);
}
