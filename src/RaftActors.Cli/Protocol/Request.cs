namespace RaftActors.Cli.Protocol;

/// <summary>
/// What a client asks of any server, told to <c>/user/raft</c> there. Each is answered once, by a <see cref="Reply"/> of the same number.
/// Closed.
/// </summary>
internal abstract record Request(long Number)
{
    /// <summary>Appends a message. One that was appended under the same id before is not appended again.</summary>
    public sealed record Append(long Number, string RequestId, string Text, TimeSpan Timeout) : Request(Number);

    /// <summary>Takes a server in, which must be running.</summary>
    public sealed record AddMember(long Number, ServerId Server, TimeSpan Timeout) : Request(Number);

    /// <summary>Lets a server go for good.</summary>
    public sealed record RemoveMember(long Number, ServerId Server, TimeSpan Timeout) : Request(Number);

    /// <summary>Has another server lead; null: whoever is suited best.</summary>
    public sealed record Transfer(long Number, ServerId? To, TimeSpan Timeout) : Request(Number);

    /// <summary>How this server sees itself and its group.</summary>
    public sealed record Status(long Number) : Request(Number);

    /// <summary>Messages that this server has processed, in order.</summary>
    /// <param name="After">Those behind this serial.</param>
    public sealed record ReadLog(long Number, long After) : Request(Number);

    /// <summary>As Status, and what it waits for, for people.</summary>
    public sealed record Explain(long Number) : Request(Number);
}
