using RaftActors.Core;

namespace RaftActors;

/// <summary>What the <c>replyTo</c> of an Append is told, once. Closed.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>The pair is committed.</summary>
    /// <param name="Result">
    /// What HandleAppend returned on the process that appended it. Null as well if no HandleAppend of the actor returned for this pair: the
    /// pair came through HandleSerial or in a snapshot, HandleAppend threw and the actor was resumed, or the actor had stopped.
    /// </param>
    public sealed record Done(RequestRef Request, Serial Serial, object? Result) : AppendOutcome;

    /// <summary>The Append ended without success.</summary>
    public sealed record Cancelled(RequestRef Request, CancelReason Reason) : AppendOutcome;
}
