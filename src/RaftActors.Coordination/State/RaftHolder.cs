namespace RaftActors.Coordination;

/// <summary>A program that holds a lock.</summary>
public sealed record RaftHolder
{
    internal RaftHolder(string owner, string? text, long token) => (Owner, Text, Token) = (owner, text, token);

    /// <summary>The name of the coordination process of its node, such as <c>coordination@10.0.0.1:2551</c>.</summary>
    public string Owner { get; }

    /// <summary>What it said about itself as it acquired the lock; null: nothing.</summary>
    public string? Text { get; }

    /// <summary>Its fencing token. See <see cref="RaftLock.Token"/>.</summary>
    public long Token { get; }
}
