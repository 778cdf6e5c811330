namespace RaftActors.Cli.Protocol;

/// <summary>
/// A request of a client to any server, sent to <c>/user/raft</c>. Each gets one final <see cref="Reply"/> with the same number; a
/// <see cref="Reply.Redirected"/> may come before it. Closed.
/// </summary>
internal abstract record Request(long Number)
{
    /// <summary>Appends a message, unless the log has the request id already.</summary>
    public sealed record Append(long Number, string RequestId, string Text, TimeSpan Timeout) : Request(Number);

    /// <summary>Adds a running server to the group.</summary>
    public sealed record AddMember(long Number, ServerId Server, TimeSpan Timeout) : Request(Number);

    /// <summary>Removes a server from the group.</summary>
    public sealed record RemoveMember(long Number, ServerId Server, TimeSpan Timeout) : Request(Number);

    /// <summary>Sets the largest number of servers that vote.</summary>
    public sealed record SetMaxQuorum(long Number, int Max, TimeSpan Timeout) : Request(Number);

    /// <summary>Transfers the leadership; null: the group chooses the new leader.</summary>
    public sealed record Transfer(long Number, ServerId? To, TimeSpan Timeout) : Request(Number);

    /// <summary>Asks for the state of this server and its view of the group.</summary>
    public sealed record Status(long Number) : Request(Number);

    /// <summary>Asks for a page of the messages that this server has processed.</summary>
    /// <param name="After">The page starts after this serial.</param>
    public sealed record ReadLog(long Number, long After) : Request(Number);

    /// <summary>Asks for the state of this server in words, with what it waits for.</summary>
    public sealed record Explain(long Number) : Request(Number);
}
