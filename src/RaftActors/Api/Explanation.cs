namespace RaftActors;

/// <summary>
/// A process's view of its group and its open requests, as text for people. The <c>replyTo</c> of an Explain receives it.
/// </summary>
/// <param name="Request">The ref that Explain returned.</param>
/// <param name="Text">Several lines. Do not parse them: their wording may change between versions.</param>
public sealed record Explanation(RequestRef Request, string Text);
