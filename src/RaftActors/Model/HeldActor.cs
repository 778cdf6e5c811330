namespace RaftActors;

/// <summary>
/// The place at which a raft actor is held: it failed three times at one pair, or at the restore of one snapshot, and tries again after
/// pauses that grow up to a minute. The process votes and acknowledges meanwhile.
/// </summary>
internal sealed record HeldActor
{
    internal HeldActor(Serial serial, bool isSnapshot, string error, DateTimeOffset since) =>
        (Serial, IsSnapshot, Error, Since) = (serial, isSnapshot, error, since);

    /// <summary>The serial of the pair, or the last one of the snapshot. The actor's state lacks this pair and all later ones.</summary>
    public Serial Serial { get; }

    /// <summary>True: the actor fails at the restore of a snapshot. False: at a pair.</summary>
    public bool IsSnapshot { get; }

    /// <summary>The latest exception, as text for people.</summary>
    public string Error { get; }

    /// <summary>When the actor failed for the third time, by the clock of its node.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>Returns a clause with the cause, and a sentence with the remedy.</summary>
    public override string ToString() =>
        $"its actor is held at {(IsSnapshot ? "the snapshot up to serial" : "serial")} {Serial}, because it cannot "
        + $"{(IsSnapshot ? "restore it" : "apply the pair")}. {Error.TrimEnd('.')}. Deploy a program that can; the actor tries again by "
        + "itself.";
}
