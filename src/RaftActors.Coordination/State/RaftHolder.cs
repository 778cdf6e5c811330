namespace RaftActors.Coordination;

/// <summary>A program that holds a lock.</summary>
public sealed record RaftHolder
{
    internal RaftHolder(string owner, string? text, long token) => (Owner, Text, Token) = (owner, text, token);

    /// <summary>The name of the coordination process of its node, such as <c>coordination@10.0.0.1:2551</c>.</summary>
    public string Owner { get; }

    /// <summary>What the holder said about itself when it acquired the lock, or null.</summary>
    public string? Text { get; }

    /// <summary>Its fencing token. See <see cref="RaftLock.Token"/>.</summary>
    public long Token { get; }
}
