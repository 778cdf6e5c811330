using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>When an entry is committed, and what follows from that.</content>
public sealed partial class RaftCore
{
    /// <summary>Given out so far by <see cref="Effect.Commit"/>.</summary>
    private LogIndex _given;

    private Configuration? CommittedConfiguration => _configurations.LatestUpTo(CommitIndex)?.Configuration;

    /// <summary>
    /// A leader commits what a majority has on disk, its own disk being one like the others, and only if it is of its own term: an
    /// older entry on a majority can still be overwritten (§5.4.2, Figure 8) and is committed with a later one.
    /// </summary>
    private void AdvanceCommit()
    {
        if (_role is not LeaderRole leader || CommitIndex == _log.Last)
        {
            return;
        }

        var (one, other) = (OnDisksOf(leader.Voters), OnDisksOf(leader.OldVoters));
        var reached = one < other ? one : other;
        if (reached > CommitIndex && _log.TermAt(reached) == Term)
        {
            CommitUpTo(reached);
        }
    }

    private LogIndex OnDisksOf(ImmutableArray<LeaderRole.Seat> voters)
    {
        Span<LogIndex> indices = stackalloc LogIndex[voters.Length];
        for (var i = 0; i < voters.Length; i++)
        {
            indices[i] = voters[i] switch
            {
                { IsSelf: true } => _log.Durable,
                { Other: { IsAdmitted: true } other } => other.Match,
                _ => LogIndex.Zero,
            };
        }

        return Majority.Reached(indices);
    }

    private void CommitUpTo(LogIndex index)
    {
        if (index <= CommitIndex)
        {
            return;
        }

        Invariant.That(index <= _log.Last, "only what is in the log is committed");
        foreach (var entry in _log.From(CommitIndex.Next, (int)(index.Value - CommitIndex.Value)))
        {
            _sessions.Add(entry);
            (_role as LeaderRole)?.Open.Commit(entry.Payload);
        }

        Committed(index);
    }

    private void Committed(LogIndex index)
    {
        CommitIndex = index;
        if (CommittedConfiguration is not { } configuration)
        {
            return;
        }

        var isAdmitted = IsAdmitted || configuration.Holds(Self);
        if (_hardState.Group == GroupUid.None || isAdmitted != IsAdmitted)
        {
            Keep(_hardState with { Group = configuration.Group, IsAdmitted = isAdmitted });
        }
    }

    /// <summary>
    /// Nobody is given a pair before the quorum that it was committed by, and no preloaded one before the configuration that stands after
    /// it is given too: a snapshot needs a configuration. And as long as the disk may have other entries in their place, only those
    /// that are on it: a snapshot of the others could be durable before them, and would contradict the log after a crash.
    /// </summary>
    private void GiveCommitted()
    {
        var end = _log.IsOverwriting && _log.Durable < CommitIndex ? _log.Durable : CommitIndex;
        if (_given < end && _shownQuorum is not null && _configurations.LatestUpTo(end) is not null)
        {
            _effects.Add(new Effect.Commit(_log.From(_given.Next, (int)(end.Value - _given.Value))));
            _given = end;
        }
    }
}
