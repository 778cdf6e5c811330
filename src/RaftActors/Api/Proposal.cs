using RaftActors.Core;

namespace RaftActors;

/// <summary>A pair that somebody wants appended; nothing is written yet.</summary>
/// <param name="Origin">The process that called Append.</param>
public sealed record Proposal<TValue>(string Key, TValue Value, ProcessName Origin);
