using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// A part of an engine. <see cref="RaftEngine"/> tells each event to all parts in the order of its list, after the <see
/// cref="EngineContext"/> has the news.
/// </summary>
internal interface IEnginePart
{
    /// <summary>Requests are open, so a tick has much to do.</summary>
    bool HasRequests => false;

    /// <summary>The part waits for a tick.</summary>
    bool NeedsTicks => HasRequests;

    void OnTick()
    {
    }

    /// <summary>A life of the actor began.</summary>
    /// <param name="last">The life has the pairs up to here, or restores them.</param>
    void OnAttached(Serial last)
    {
    }

    /// <summary>The life has ended, or another one begins. Ends the calls for which only this life waits.</summary>
    void OnLifeEnded()
    {
    }

    /// <summary>A leader is known, or none any more.</summary>
    void OnLeader(LeaderView? leader)
    {
    }

    /// <summary>This process no longer leads. Comes before <see cref="OnLeader"/>.</summary>
    void OnDeposed()
    {
    }

    /// <summary>A leader or a server may have come into reach, so the requests that wait for one are sent.</summary>
    void OnServerInSight()
    {
    }

    void OnReachable(ProcessName peer)
    {
    }

    void OnUnreachable(ProcessName peer)
    {
    }

    /// <summary>A configuration is committed.</summary>
    /// <param name="before">The one that was committed before it.</param>
    void OnConfiguration(Configuration? before, LogIndex index, Configuration configuration)
    {
    }

    /// <summary>Entries are committed. <see cref="OnCommitMoved"/> follows.</summary>
    /// <param name="before">The last committed serial before them.</param>
    void OnCommitted(LogSlice entries, Serial before)
    {
    }

    /// <summary>A snapshot from another process replaces the log up to its position. <see cref="OnCommitMoved"/> follows.</summary>
    void OnInstalled(Snapshot snapshot)
    {
    }

    void OnCommitMoved()
    {
    }

    /// <summary>The engine has stopped.</summary>
    void OnStopped()
    {
    }
}

/// <summary>A part that looks at each committed entry. The configuration of the entry is committed before.</summary>
internal interface IEntryPart : IEnginePart
{
    void OnCommitted(LogEntry entry);
}
