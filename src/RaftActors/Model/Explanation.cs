namespace RaftActors;

/// <summary>
/// A process's view of its group and its open requests, as text for people. The <c>replyTo</c> of an Explain receives it.
/// </summary>
public sealed record Explanation
{
    internal Explanation(RequestRef request, string text) => (Request, Text) = (request, text);

    /// <summary>The ref that Explain returned.</summary>
    public RequestRef Request { get; }

    /// <summary>Several lines. Do not parse them: their wording may change between versions.</summary>
    public string Text { get; }
}
