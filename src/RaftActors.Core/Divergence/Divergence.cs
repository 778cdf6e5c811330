namespace RaftActors.Core;

/// <summary>The place at which another log differs from ours though it must not, and its content there.</summary>
/// <param name="Index">The first index that differs.</param>
/// <param name="Serial">The first serial that differs. Stored, since the log before it may be compacted.</param>
/// <param name="Hash">The other log's hash up to and including that index.</param>
internal readonly record struct Divergence(LogIndex Index, Serial Serial, ulong Hash);
