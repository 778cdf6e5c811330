namespace RaftActors;

/// <summary>
/// Ends a projection. Throw it in a method of a <see cref="RaftProjection{TValue, TResult}"/> where a repeat does not help. The default
/// methods throw it for a pair that cannot be read, and for pairs that were compacted.
/// </summary>
/// <param name="message">What happened, and what to do.</param>
/// <param name="cause">The exception behind it, if there is one.</param>
public sealed class RaftProjectionException(string message, Exception? cause = null) : RaftException(message, cause);
