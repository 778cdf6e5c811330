using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>What came of asking one server once. Closed.</summary>
internal abstract record Answer
{
    public sealed record Replied(Reply Reply) : Answer;

    /// <summary>The request never left this program.</summary>
    public sealed record Unsent(string Why) : Answer;

    /// <summary>The request left, and no reply came.</summary>
    public sealed record Lost(string Why) : Answer;
}
