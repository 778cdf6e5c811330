using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>One Append of an <see cref="AppendSession{T}"/>, which alone changes it, until it ends. Any thread may end it.</summary>
/// <param name="requestKey">Null: the caller does not repeat the call.</param>
internal abstract class SessionAppend(string key, ReadOnlyMemory<byte> value, TimeSpan timeout, HashedKey? requestKey)
{
    /// <summary>The longest timeout of a call. A later deadline might overflow.</summary>
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromMilliseconds(int.MaxValue);

    public abstract bool HasEnded { get; }

    public string Key => key;

    public ReadOnlyMemory<byte> Value => value;

    /// <summary>Roughly its bytes.</summary>
    public int Size => (3 * key.Length) + value.Length;

    public TimeSpan Timeout => Limit(timeout);

    public HashedKey? RequestKey => requestKey;

    /// <summary>Its place among those that wait; null: it was sent, or has ended.</summary>
    public LinkedListNode<SessionAppend>? Waiting { get; set; }

    /// <summary>The number of its request; 0: a client has not sent it yet.</summary>
    public long Number { get; set; }

    /// <summary>The number of times that it was sent without a definite answer. Above 0 it may be in the log.</summary>
    public int Attempts { get; set; }

    /// <summary>It is sent again at this time, or with a new route to the leader.</summary>
    public TimeSpan NextAt { get; set; }

    /// <summary>The time at which it ends in any case.</summary>
    public TimeSpan Deadline { get; set; }

    /// <summary>The request, once it has a number.</summary>
    public abstract RequestRef Request { get; }

    /// <summary>Why the last process that answered did not append it; null: none refused it.</summary>
    public RaftFailure? Refusal { get; set; }

    /// <summary>Ends it, unless it has ended before.</summary>
    public abstract void End(IOutcome outcome);

    /// <summary>It ends without a reply, so nothing should wait for one.</summary>
    public virtual void Forget()
    {
    }

    /// <summary>A timeout that a deadline can have. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is the longest one.</summary>
    public static TimeSpan Limit(TimeSpan timeout) =>
        timeout < TimeoutMax && timeout != System.Threading.Timeout.InfiniteTimeSpan ? timeout : TimeoutMax;
}
