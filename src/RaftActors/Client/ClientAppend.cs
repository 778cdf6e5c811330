using System.Diagnostics;

using RaftActors.Wire;

namespace RaftActors.Client;

/// <summary>One Append of a client, until it ends. The lane of the client alone changes it. Any thread may end it.</summary>
/// <param name="span">The client's span, which ends with it; null: the trace is not sampled.</param>
/// <param name="requestKey">Null: the caller does not repeat the call.</param>
internal abstract class ClientAppend(
    string key, ReadOnlyMemory<byte> value, TimeSpan timeout, Activity? span = null, HashedKey? requestKey = null)
{
    /// <summary>The longest timeout of a call. A later deadline might overflow.</summary>
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromMilliseconds(int.MaxValue);

    public abstract bool HasEnded { get; }

    public string Key => key;

    public ReadOnlyMemory<byte> Value => value;

    public TimeSpan Timeout => Limit(timeout);

    public Activity? Span => span;

    public HashedKey? RequestKey => requestKey;

    /// <summary>Its place among those that wait; null: it was sent, or has ended.</summary>
    public LinkedListNode<ClientAppend>? Waiting { get; set; }

    /// <summary>The number of its request; 0: it was not sent yet.</summary>
    public long Number { get; set; }

    /// <summary>The number of times that it was sent without a definite answer. Above 0 it may be in the log.</summary>
    public int Attempts { get; set; }

    public TimeSpan SentAt { get; set; }

    /// <summary>It is sent again at this time, or with a new way to the leader.</summary>
    public TimeSpan NextAt { get; set; }

    /// <summary>The time at which it ends in any case.</summary>
    public TimeSpan Deadline { get; set; }

    /// <summary>Ends it, unless it has ended before.</summary>
    public abstract void End(IOutcome outcome);

    /// <summary>The pair is committed, and this client cannot read the result.</summary>
    public abstract void Fail(InvalidOperationException cause);

    /// <summary>A timeout that a deadline can have. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is the longest one.</summary>
    public static TimeSpan Limit(TimeSpan timeout) =>
        timeout < TimeoutMax && timeout != System.Threading.Timeout.InfiniteTimeSpan ? timeout : TimeoutMax;
}
