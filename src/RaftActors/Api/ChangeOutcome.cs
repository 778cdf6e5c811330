namespace RaftActors;

/// <summary>What the <c>replyTo</c> of a TransferLeadership, a Join or a Leave is told, once. Closed.</summary>
public abstract record ChangeOutcome
{
    private ChangeOutcome()
    {
    }

    /// <summary>What the call returned.</summary>
    public abstract RequestRef Request { get; init; }

    /// <summary>It is done: the process that was named leads, or the group's log says for good who is in the group.</summary>
    public sealed record Done(RequestRef Request) : ChangeOutcome;

    /// <summary>Nothing was changed.</summary>
    /// <param name="Detail">Why, for people.</param>
    public sealed record Refused(RequestRef Request, string Detail) : ChangeOutcome;

    /// <summary>The time is up, and it may have reached a leader: it is done, may be done later, or never.</summary>
    public sealed record Unknown(RequestRef Request) : ChangeOutcome;
}
