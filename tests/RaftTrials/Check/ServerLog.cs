namespace RaftTrials.Check;

/// <summary>The messages of a server's log as it prints them, in order.</summary>
internal sealed record ServerLog(string Server, IReadOnlyList<string> Texts);
