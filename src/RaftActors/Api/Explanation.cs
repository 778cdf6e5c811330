namespace RaftActors;

/// <summary>What the <c>replyTo</c> of an Explain is told: how a process sees its group, and what it waits for, for people.</summary>
/// <param name="Request">What Explain returned.</param>
/// <param name="Text">Some lines. Their wording may change.</param>
public sealed record Explanation(RequestRef Request, string Text);
