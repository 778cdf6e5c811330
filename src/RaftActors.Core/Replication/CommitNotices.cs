namespace RaftActors.Core;

/// <summary>
/// Decides when the commit index goes to one process without entries. A busy leader has entries to send soon, and the commit index goes
/// with them. Sent alone, it doubles the messages of a leader with one client. So it goes alone only <see cref="MaxPerTick"/> times in a
/// tick, and whenever the process waits for it.
/// </summary>
internal sealed class CommitNotices
{
    /// <summary>So the last commit of a burst is late by a tick at most, and a quiet group is told each commit at once.</summary>
    public const int MaxPerTick = 8;

    private LogIndex _told;
    private LogIndex _awaited;
    private long _tick;
    private int _sentInTick;

    /// <summary>The process was sent this commit index, alone or not.</summary>
    public void Told(LogIndex commit) => _told = commit;

    /// <summary>The process waits until it knows that this index is committed.</summary>
    public void Await(LogIndex index) => _awaited = index > _awaited ? index : _awaited;

    /// <summary>The process has not been sent this commit index.</summary>
    public bool Owes(LogIndex commit) => _told < commit;

    /// <summary>True: the process has not been sent this commit index, and it may go alone in this tick.</summary>
    public bool TryTake(LogIndex commit, long tick)
    {
        if (_told >= commit)
        {
            return false;
        }

        if (_told < _awaited)
        {
            return true;
        }

        _sentInTick = _tick == tick ? _sentInTick : 0;
        _tick = tick;
        return _sentInTick++ < MaxPerTick;
    }
}
