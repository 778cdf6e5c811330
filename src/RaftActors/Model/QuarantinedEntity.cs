namespace RaftActors;

/// <summary>
/// An entity that this process cannot bring up to date, because HandleCommand threw an exception, or its state cannot be written or read.
/// </summary>
public sealed record QuarantinedEntity
{
    internal QuarantinedEntity(string id, Serial serial, string reason) => (Id, Serial, Reason) = (id, serial, reason);

    /// <summary>The id of the entity.</summary>
    public string Id { get; }

    /// <summary>The serial of the command that failed. This process holds it and all later commands of the entity.</summary>
    public Serial Serial { get; }

    /// <summary>The exception, as text for people.</summary>
    public string Reason { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"the entity '{Id}' is quarantined since its command {Serial}. {Reason} Deploy a program that handles the command, or call "
        + "EntityClient.ResetAsync.";
}
