using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// An entity that this process cannot bring up to date, because HandleCommand threw an exception, or its state cannot be written or read.
/// </summary>
/// <param name="Id">The id of the entity.</param>
/// <param name="Serial">The serial of the command that failed. This process holds it and all later commands of the entity.</param>
/// <param name="Reason">The exception, as text for people.</param>
public sealed record QuarantinedEntity(string Id, Serial Serial, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"the entity '{Id}' is quarantined since its command {Serial}. {Reason} Deploy a program that handles the command, or call "
        + $"{nameof(EntityClient)}.{nameof(EntityClient.ResetAsync)}.";
}
