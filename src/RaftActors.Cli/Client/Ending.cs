using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>What came of a request, after all servers that could be asked. Closed.</summary>
internal abstract record Ending
{
    /// <param name="By">Who answered.</param>
    /// <param name="Reply">Neither Refused nor Unknown.</param>
    public sealed record Answered(ServerId By, Reply Reply) : Ending;

    /// <summary>Nothing was changed, and nothing will be.</summary>
    /// <param name="IsFinal">The same request would be refused again.</param>
    public sealed record NotDone(string Why, bool IsFinal = false) : Ending;

    /// <summary>It may be done already, later, or never.</summary>
    public sealed record Unknown(string Why) : Ending;
}
