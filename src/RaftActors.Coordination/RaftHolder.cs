namespace RaftActors.Coordination;

/// <summary>A program that holds a lock.</summary>
/// <param name="Owner">The name of the coordination process of its node, such as <c>coordination@10.0.0.1:2551</c>.</param>
/// <param name="Text">What it said about itself as it acquired the lock; null: nothing.</param>
/// <param name="Token">Its fencing token. See <see cref="RaftLock.Token"/>.</param>
public sealed record RaftHolder(string Owner, string? Text, long Token);
