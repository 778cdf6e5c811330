namespace RaftActors;

/// <summary>Why the outcome of a call is unknown. The numbers are part of the messages between nodes.</summary>
public enum UnknownReason
{
    /// <summary>A leader may have taken the call, and its commit was not known in time.</summary>
    TimedOut = 0,

    /// <summary>
    /// The leader does not remember whether it took the Append before (<see cref="RequestRef"/>), or a pair with its
    /// <see cref="RequestKey"/>.
    /// </summary>
    Forgotten = 1,

    /// <summary>
    /// The engine of the process stopped before the commit was known. Or the pair is committed, and the actor that would tell its result is
    /// held (<see cref="RaftStatus.HeldAt"/>): another process may have the result.
    /// </summary>
    Stopped = 2,

    /// <summary>Of a change: a later change was committed before this process could see this one.</summary>
    Superseded = 3,

    /// <summary>Of a <see cref="RaftClient"/>: the caller cancelled its wait after the call was sent.</summary>
    Canceled = 4,

    /// <summary>Of a <see cref="RaftClient"/>: it was disposed after the call was sent.</summary>
    Closed = 5,
}
