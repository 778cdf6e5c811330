using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Sessions;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>One Append of a client.</summary>
/// <param name="span">The client's span, which ends with it; null: the trace is not sampled.</param>
internal abstract class ClientAppend(
    EncodedPairs pairs, TimeSpan timeout, Activity? span, HashedKey? requestKey, Serial? ifSerial)
    : SessionAppend(pairs, timeout, requestKey, ifSerial), ICaller
{
    public Activity? Span => span;

    /// <summary>The link by which it was sent last; null: it was not sent.</summary>
    public ICallLink? Link { get; set; }

    /// <summary>The client that it belongs to; null: none is told of replies.</summary>
    public GroupCalls? Calls { get; set; }

    /// <inheritdoc cref="ICaller.Request"/>
    public override RequestRef Request =>
        Calls is { } calls && Number > 0 ? RequestRef.Of(new RequestId(calls.Origin, Number)) : default;

    /// <inheritdoc/>
    public void Tell(object message, IActorRef sender) => Calls?.OnReply(this, message);

    /// <inheritdoc/>
    public override void Forget() => Link?.Forget(this);

    /// <summary>The pair is committed, and this client cannot read the result.</summary>
    public abstract void Fail(InvalidOperationException cause);
}

/// <summary>An Append whose caller waits for a task, and expects one type of results.</summary>
internal sealed class ClientAppend<TResult>(
    EncodedPairs pairs, TimeSpan timeout, Activity? span = null, HashedKey? requestKey = null, Serial? ifSerial = null)
    : ClientAppend(pairs, timeout, span, requestKey, ifSerial)
{
    private readonly TaskCompletionSource<Outcome<TResult>> _end = new(Machine.Current.Completion);
    private int _ends;

    /// <summary>Fails only if this client cannot read the result.</summary>
    public Task<Outcome<TResult>> Task => _end.Task;

    public override bool HasEnded => Volatile.Read(ref _ends) > 0;

    public override void End(IOutcome outcome)
    {
        if (TryBeginEnd())
        {
            try
            {
                _end.SetResult(outcome.As<TResult>());
            }
            catch (InvalidOperationException e)
            {
                _end.SetException(e);
            }
        }
    }

    public override void Fail(InvalidOperationException cause)
    {
        if (TryBeginEnd())
        {
            _end.SetException(cause);
        }
    }

    // The call counts as ended before its caller goes on: the caller may make the next one at once.
    private bool TryBeginEnd()
    {
        if (Interlocked.Exchange(ref _ends, 1) > 0)
        {
            return false;
        }

        Calls?.OnEnded();
        Spans.End(Span);
        return true;
    }
}
