namespace RaftActors.Core;

/// <content>What people and actors get to see of quorum and leader, worked out anew after each step and told when it changed.</content>
public sealed partial class RaftCore
{
    private QuorumView? _shownQuorum;
    private LeaderView? _shownLeader;
    private Fence? _shownFence;

    private bool IsReady => Leader is not null && CommitIndex > LogIndex.Zero && _log.TermAt(CommitIndex) == Term;

    /// <summary>
    /// In this order: a leader is lost before the quorum that it belonged to, and found after it; what is committed follows; and
    /// only who has been given that hears that the leader is ready.
    /// </summary>
    private void AnnounceViews()
    {
        AnnounceFence();
        var quorum = ViewOfQuorum();
        var leader = quorum is null ? null : ViewOfLeader();
        if (leader is null)
        {
            Announce(leader);
        }

        Announce(quorum);
        Announce(leader);
        GiveCommitted();
        if (IsReady && _given == CommitIndex && _shownLeader is { IsReady: false } known)
        {
            Announce(known with { IsReady = true });
        }
    }

    private void AnnounceFence()
    {
        if (_hardState.Fence is { } fence && _shownFence is null)
        {
            _shownFence = fence;
            _effects.Add(new Effect.Fenced(fence, $"{fence}; restart {Self.Name} with an empty store to take part again"));
        }
    }

    private QuorumView? ViewOfQuorum()
    {
        // What is lost is found by hearing a leader, and not by patience that is learned later.
        var patience = _shownQuorum is null ? 0 : DiskPatience;
        var isLost = _role is not LeaderRole && _now - _leaderHeardAt >= (2L * Options.ElectionTimeoutMaxTicks) + patience;
        if (_configurations.IsEmpty || isLost)
        {
            return null;
        }

        var voters = Configuration.Voters;
        if (_shownQuorum is { } shown && (shown.Configuration == Configuration || shown.Configuration.Voters.SequenceEqual(voters)))
        {
            return shown;
        }

        return new QuorumView(
            [.. voters.OrderBy(member => member == Leader ? 0 : 1).ThenBy(member => member)],
            voters.Contains(Self),
            Configuration);
    }

    private LeaderView? ViewOfLeader()
    {
        if (Leader is not { } leader)
        {
            return null;
        }

        if (_shownLeader is { } shown && (shown.Leader, shown.Term) == (leader, Term))
        {
            return shown;
        }

        var serial = _role switch
        {
            LeaderRole role => role.ElectedSerial,
            FollowerRole role => role.LeaderSerial,
            _ => Serial.Zero,
        };
        return new LeaderView(leader, Term, serial, leader == Self, IsReady: false);
    }

    private void Announce(QuorumView? quorum)
    {
        if (!ReferenceEquals(quorum, _shownQuorum))
        {
            _shownQuorum = quorum;
            _effects.Add(new Effect.QuorumChanged(quorum));
        }
    }

    private void Announce(LeaderView? leader)
    {
        if (leader != _shownLeader)
        {
            _shownLeader = leader;
            _effects.Add(new Effect.LeaderChanged(leader));
        }
    }
}
