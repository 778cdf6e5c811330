namespace RaftActors.Core;

/// <summary>Where another log was found to differ from ours though it must not, and what it has there.</summary>
/// <param name="Index">The first index that differs.</param>
/// <param name="Serial">The first serial that differs. Kept, since the log before it may be discarded.</param>
/// <param name="Hash">The other log's hash up to and with it.</param>
internal readonly record struct Divergence(LogIndex Index, Serial Serial, ulong Hash);
