using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>The result of sending a request to one server once. Closed.</summary>
internal abstract record Answer
{
    public sealed record Replied(Reply Reply) : Answer;

    /// <summary>The request was not sent.</summary>
    public sealed record Unsent(string Why) : Answer;

    /// <summary>The request was sent, and no reply arrived.</summary>
    public sealed record Lost(string Why) : Answer;
}
