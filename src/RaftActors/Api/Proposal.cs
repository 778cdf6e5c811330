using RaftActors.Core;

namespace RaftActors;

/// <summary>A pair that a process wants to append. The leader has not written it yet.</summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Origin">The process that called Append.</param>
public sealed record Proposal<TValue>(string Key, TValue Value, ProcessName Origin);
