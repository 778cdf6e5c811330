using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>The final result of a request to a list of servers. Closed.</summary>
internal abstract record RequestOutcome
{
    /// <param name="By">The server that answered.</param>
    /// <param name="Reply">Neither Refused nor Unknown.</param>
    public sealed record Answered(ServerId By, Reply Reply) : RequestOutcome;

    /// <summary>The request changed nothing, and will change nothing later.</summary>
    /// <param name="IsFinal">Every server would refuse the same request at any time.</param>
    public sealed record NotDone(string Why, bool IsFinal = false) : RequestOutcome;

    /// <summary>The request may be done already, later, or never.</summary>
    public sealed record Unknown(string Why) : RequestOutcome;
}
