using RaftActors.Core;

namespace RaftActors;

/// <summary>What the <c>replyTo</c> of an Append is told, once. Closed.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>The pair is committed, and the actor that appended it has handled it.</summary>
    /// <param name="Result">
    /// What its HandleAppend returned; null if it was handed the pair in another way: by HandleSerial after a restart, or in a snapshot.
    /// </param>
    public sealed record Done(RequestRef Request, Serial Serial, object? Result) : AppendOutcome;

    /// <summary>The Append ended without success.</summary>
    public sealed record Cancelled(RequestRef Request, CancelReason Reason) : AppendOutcome;
}
