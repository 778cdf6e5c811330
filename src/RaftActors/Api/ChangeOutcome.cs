namespace RaftActors;

/// <summary>
/// How a TransferLeadership, a Join or a Leave ended. The <c>replyTo</c> of the call receives exactly one. A closed set of types.
/// </summary>
public abstract record ChangeOutcome
{
    private ChangeOutcome()
    {
    }

    /// <summary>The ref that the call returned.</summary>
    public abstract RequestRef Request { get; init; }

    /// <summary>The named process leads, or the changed membership is committed.</summary>
    /// <param name="Request">The ref that the call returned.</param>
    public sealed record Done(RequestRef Request) : ChangeOutcome;

    /// <summary>The group did not change, and this call will not change it. A retry is safe.</summary>
    /// <param name="Request">The ref that the call returned.</param>
    /// <param name="Detail">The cause, as text for people.</param>
    public sealed record Refused(RequestRef Request, string Detail) : ChangeOutcome;

    /// <summary>
    /// The time ran out, and the call may have reached a leader. The change is done, will be, or never will.
    /// <see cref="RaftStatus.Members"/> and <see cref="RaftContext{TValue}.Leader"/> show the state of the group.
    /// </summary>
    /// <param name="Request">The ref that the call returned.</param>
    public sealed record Unknown(RequestRef Request) : ChangeOutcome;
}
