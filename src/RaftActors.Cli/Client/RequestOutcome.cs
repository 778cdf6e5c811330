namespace RaftActors.Cli.Client;

/// <summary>The final result of an append or a change. Closed.</summary>
internal abstract record RequestOutcome
{
    /// <summary>The outcome of a request that Ctrl-C ended before it was sent.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The message is committed with this serial: it is on the disks of a majority.</summary>
    /// <param name="WasThere">An earlier request with the same id had appended it.</param>
    public sealed record Committed(long Serial, bool WasThere) : RequestOutcome;

    /// <summary>The change of members or leader is done.</summary>
    /// <param name="WasBefore">It was so before, and this command changed nothing.</param>
    public sealed record Done(bool WasBefore = false) : RequestOutcome;

    /// <summary>The request changed nothing, and will change nothing later.</summary>
    /// <param name="IsFinal">It would be refused at any time.</param>
    public sealed record NotDone(string Why, bool IsFinal = false) : RequestOutcome;

    /// <summary>The request may be done already, later, or never.</summary>
    public sealed record Unknown(string Why) : RequestOutcome;
}
