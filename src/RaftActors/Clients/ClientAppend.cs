using System.Diagnostics;

using Akka.Actor;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>One Append of a client or an actor, until it ends. Only the <see cref="AppendSession"/> changes it. Any thread may end it.</summary>
/// <param name="span">The client's span, which ends with it; null: the trace is not sampled.</param>
/// <param name="requestKey">Null: the caller does not repeat the call.</param>
internal abstract class ClientAppend(
    string key, ReadOnlyMemory<byte> value, TimeSpan timeout, Activity? span = null, HashedKey? requestKey = null) : ICaller
{
    /// <summary>The longest timeout of a call. A later deadline might overflow.</summary>
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromMilliseconds(int.MaxValue);

    public abstract bool HasEnded { get; }

    public string Key => key;

    public ReadOnlyMemory<byte> Value => value;

    /// <summary>Roughly its bytes.</summary>
    public int Size => (3 * key.Length) + value.Length;

    public TimeSpan Timeout => Limit(timeout);

    public Activity? Span => span;

    public HashedKey? RequestKey => requestKey;

    /// <summary>Its place among those that wait; null: it was sent, or has ended.</summary>
    public LinkedListNode<ClientAppend>? Waiting { get; set; }

    /// <summary>The number of its request; 0: it was not sent yet.</summary>
    public long Number { get; set; }

    /// <summary>The number of times that it was sent without a definite answer. Above 0 it may be in the log.</summary>
    public int Attempts { get; set; }

    /// <summary>It is sent again at this time, or with a new way to the leader.</summary>
    public TimeSpan NextAt { get; set; }

    /// <summary>The time at which it ends in any case.</summary>
    public TimeSpan Deadline { get; set; }

    /// <summary>The request, once it was sent.</summary>
    public RequestRef Request { get; set; }

    /// <summary>The link by which it was sent last; null: it was not sent.</summary>
    public ICallLink? Link { get; set; }

    /// <summary>The client that it belongs to; null: none is told of replies.</summary>
    public GroupCalls? Calls { get; set; }

    /// <summary>Why the last process that answered did not append it; null: none refused it.</summary>
    public CancelReason.NotCommitted? Refusal { get; set; }

    /// <inheritdoc/>
    public void Tell(object message, IActorRef sender) => Calls?.OnReply(this, message);

    /// <summary>Ends it, unless it has ended before.</summary>
    public abstract void End(IOutcome outcome);

    /// <summary>The pair is committed, and this client cannot read the result. An actor makes the results of its own Appends.</summary>
    public abstract void Fail(InvalidOperationException cause);

    /// <summary>A timeout that a deadline can have. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is the longest one.</summary>
    public static TimeSpan Limit(TimeSpan timeout) =>
        timeout < TimeoutMax && timeout != System.Threading.Timeout.InfiniteTimeSpan ? timeout : TimeoutMax;
}

/// <summary>An Append whose caller waits for a task, and expects one type of results.</summary>
internal sealed class ClientAppend<TResult>(
    string key, ReadOnlyMemory<byte> value, TimeSpan timeout, Activity? span = null, HashedKey? requestKey = null)
    : ClientAppend(key, value, timeout, span, requestKey)
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
