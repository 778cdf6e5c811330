using RaftActors.Wire;

namespace RaftActors.Sessions;

/// <summary>An Append of an <see cref="AppendSession{T}"/>, which alone changes it. Any thread may end it.</summary>
internal abstract class SessionAppend(
    EncodedPairs pairs, TimeSpan timeout, HashedKey? requestKey, Serial? ifSerial = null)
{
    /// <summary>The longest timeout of a call, because a later deadline might overflow.</summary>
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromMilliseconds(int.MaxValue);

    public abstract bool HasEnded { get; }

    public EncodedPairs Pairs => pairs;

    public int Size => (3 * pairs.Key.Length) + pairs.Value.Length;

    public TimeSpan Timeout => Limit(timeout);

    public HashedKey? RequestKey => requestKey;

    /// <summary>The serial that the last pair of the group must have. Null: any.</summary>
    public Serial? IfSerial => ifSerial;

    /// <summary>Its place among those that wait. Null after it was sent, or has ended.</summary>
    public LinkedListNode<SessionAppend>? Waiting { get; set; }

    /// <summary>The number of its request. 0 before a client has sent it.</summary>
    public long Number { get; set; }

    /// <summary>The number of attempts without a definite answer. Above 0, the pair may be in the log.</summary>
    public int Attempts { get; set; }

    /// <summary>
    /// A serial of the group from before the first attempt that may be in the log, or 0. By it the group knows a retry of an origin that
    /// it has forgotten from one of a new origin.
    /// </summary>
    public Serial Started { get; set; }

    /// <summary>The last attempt was sent, and was neither refused nor lost.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>The time at which it is sent again. A new route to the leader sends it earlier.</summary>
    public TimeSpan NextAt { get; set; }

    public TimeSpan Deadline { get; set; }

    /// <summary>Returns the time that is left until its deadline.</summary>
    public TimeSpan LeftAt(TimeSpan now) => Deadline > now ? Deadline - now : TimeSpan.Zero;

    public abstract RequestRef Request { get; }

    /// <summary>Why the last process that answered did not append it.</summary>
    public RaftFailure? Refusal { get; set; }

    /// <summary>Ends it with this outcome, unless it has ended before.</summary>
    public abstract void End(IOutcome outcome);

    /// <summary>Forgets the reply, because the Append ends without one.</summary>
    public virtual void Forget()
    {
    }

    /// <summary>Limits a timeout to <see cref="TimeoutMax"/>, also <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>.</summary>
    public static TimeSpan Limit(TimeSpan timeout) =>
        timeout < TimeoutMax && timeout != System.Threading.Timeout.InfiniteTimeSpan ? timeout : TimeoutMax;
}
