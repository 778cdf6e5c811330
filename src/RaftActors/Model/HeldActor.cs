namespace RaftActors;

/// <summary>
/// The callback and the place at which a raft actor is held: it failed three times there, and tries again after pauses that grow up to a
/// minute. The process votes and acknowledges meanwhile.
/// </summary>
internal sealed record HeldActor
{
    internal HeldActor(string callback, Serial serial, string error, DateTimeOffset since) =>
        (Callback, Serial, Error, Since) = (callback, serial, error, since);

    /// <summary>The method of the actor that fails, such as <c>HandleAppend</c>.</summary>
    public string Callback { get; }

    /// <summary>
    /// The serial of the pair, or the last one of the snapshot. The actor's state lacks this pair and all later ones. Zero: the actor fails
    /// at a notice of a peer, the quorum or the leader, before all pairs.
    /// </summary>
    public Serial Serial { get; }

    /// <summary>The latest exception, as text for people.</summary>
    public string Error { get; }

    /// <summary>When the actor failed for the third time, by the clock of its node.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The place behind a clause, or nothing at a notice.</summary>
    public string Place => Serial == Serial.Zero ? "" : $" at serial {Serial}";

    /// <summary>Returns a clause with the cause, and a sentence with the remedy.</summary>
    public override string ToString() => $"its actor is held{Place}, because {Callback} fails. {Error.TrimEnd('.')}. Deploy a program that "
        + "can handle it; the actor tries again by itself.";
}
