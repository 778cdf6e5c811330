using RaftActors.Core;

namespace RaftActors;

/// <summary>How an Append ended. The <c>replyTo</c> of an Append receives exactly one. A closed set of types.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>The pair is committed: no later leader can lack it.</summary>
    /// <param name="Request">The ref that Append returned.</param>
    /// <param name="Serial">The serial of the pair.</param>
    /// <param name="Result">
    /// The return value of HandleAppend on the process that appended the pair. Null also if no HandleAppend returned for the pair. Then
    /// the pair came through HandleSerial or in a snapshot, the actor was resumed after an exception, or the actor had stopped.
    /// </param>
    public sealed record Done(RequestRef Request, Serial Serial, object? Result) : AppendOutcome;

    /// <summary>The Append ended without success.</summary>
    /// <param name="Request">The ref that Append returned.</param>
    /// <param name="Reason">
    /// <see cref="CancelReason.NotCommitted"/> if a retry is safe, <see cref="CancelReason.Unknown"/> if it may append the pair twice.
    /// </param>
    public sealed record Cancelled(RequestRef Request, CancelReason Reason) : AppendOutcome;
}
