namespace RaftTrials.Check;

/// <summary>The messages that a server printed, in order.</summary>
internal sealed record ServerLog(string Server, IReadOnlyList<string> Texts);
