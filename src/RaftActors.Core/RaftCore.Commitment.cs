namespace RaftActors.Core;

/// <content>When an entry is committed, and what follows from that.</content>
public sealed partial class RaftCore
{
    /// <summary>Given out so far by <see cref="Effect.Commit"/>.</summary>
    private LogIndex _given;

    private Configuration? CommittedConfiguration => _configurations.LatestUpTo(CommitIndex);

    /// <summary>
    /// A leader commits what a majority has on disk, its own disk being one like the others, and only if it is of its own term: an
    /// older entry on a majority can still be overwritten (§5.4.2, Figure 8) and is committed with a later one.
    /// </summary>
    private void AdvanceCommit()
    {
        if (_role is not LeaderRole leader)
        {
            return;
        }

        LogIndex OnDiskOf(Member member) =>
            member == Self ? _log.Durable : leader.Of(member) is { IsAdmitted: true } progress ? progress.Match : LogIndex.Zero;
        var reached = Majority.Reached(Configuration, OnDiskOf);
        if (reached > CommitIndex && _log.TermAt(reached) == Term)
        {
            CommitUpTo(reached);
            ConsiderMembers();
            Broadcast();
        }
    }

    private void CommitUpTo(LogIndex index)
    {
        if (index <= CommitIndex)
        {
            return;
        }

        Invariant.That(index <= _log.Last, "only what is in the log is committed");
        CommitIndex = index;
        if (CommittedConfiguration is { } configuration && _hardState.Group == GroupUid.None)
        {
            Keep(_hardState with { Group = configuration.Group });
        }

        ConsiderAdmission();
    }

    /// <summary>Nobody is given a pair before the quorum that it was committed by.</summary>
    private void GiveCommitted()
    {
        if (_given < CommitIndex && _shownQuorum is not null)
        {
            _effects.Add(new Effect.Commit(_log.From(_given.Next, (int)(CommitIndex.Value - _given.Value))));
            _given = CommitIndex;
        }
    }
}
