namespace RaftActors.Core;

/// <summary>The leader as one process sees it.</summary>
/// <param name="Serial">The last serial in the leader's log when it was elected, or when this process first heard of it.</param>
/// <param name="IsReady">It has committed an entry of its own term, and may serve.</param>
public sealed record LeaderView(Member Leader, Term Term, Serial Serial, bool IsSelf, bool IsReady);
