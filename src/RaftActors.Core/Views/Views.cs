namespace RaftActors.Core;

/// <summary>
/// Tells the shell what changed about quorum, leader and fence. Views are for people and for the application; no rule depends on them.
/// </summary>
internal sealed class Views(RaftState state, Commitment commitment)
{
    private QuorumView? _quorum;
    private LeaderView? _leader;
    private Fence? _fence;

    /// <summary>
    /// Announces the changes of this step, in an order on which the application can rely. A leader is lost before its quorum, and found
    /// after it. Committed entries follow. Only then does a leader become ready.
    /// </summary>
    public void Settle()
    {
        AnnounceFence();
        var quorum = Quorum();
        var leader = quorum is null ? null : Leader();
        if (leader is null)
        {
            Announce(leader);
        }

        Announce(quorum);
        Announce(leader);
        commitment.Deliver();
        if (state.IsReady && state.Delivered == state.CommitIndex && _leader is { IsReady: false } known)
        {
            Announce(known with { IsReady = true });
        }
    }

    private void AnnounceFence()
    {
        if (state.HardState.Fence is { } fence && _fence is null)
        {
            _fence = fence;
            state.Effects.Add(new Effect.Fenced(fence, $"{fence}; restart {state.Self.Name} with an empty store to take part again"));
        }
    }

    private QuorumView? Quorum()
    {
        // A quorum that was lost is found again by hearing a leader, not by a patience that grew later.
        var patience = _quorum is null ? 0 : state.Durability.Patience;
        var timeout = (2L * state.Options.ElectionTimeoutMaxTicks) + patience;
        var isLost = state.Role is not LeaderRole && state.Contact.SilenceAt(state.Now) >= timeout;
        if (state.Configurations.IsEmpty || isLost)
        {
            return null;
        }

        var (configuration, voters) = (state.Configuration, state.Configuration.Voters);
        if (_quorum is { } known && (known.Configuration == configuration || known.Configuration.Voters.SequenceEqual(voters)))
        {
            return known;
        }

        return new QuorumView(
            [.. voters.OrderBy(member => member == state.Leader ? 0 : 1).ThenBy(member => member)],
            voters.Contains(state.Self),
            configuration);
    }

    private LeaderView? Leader()
    {
        if (state.Leader is not { } leader)
        {
            return null;
        }

        if (_leader is { } known && (known.Leader, known.Term) == (leader, state.Term))
        {
            return known;
        }

        var serial = state.Role switch
        {
            LeaderRole role => role.ElectedSerial,
            FollowerRole role => role.LeaderSerial,
            _ => Serial.Zero,
        };
        return new LeaderView(leader, state.Term, serial, leader == state.Self, IsReady: false);
    }

    private void Announce(QuorumView? quorum)
    {
        if (!ReferenceEquals(quorum, _quorum))
        {
            _quorum = quorum;
            state.Effects.Add(new Effect.QuorumChanged(quorum));
        }
    }

    private void Announce(LeaderView? leader)
    {
        if (leader != _leader)
        {
            _leader = leader;
            state.Effects.Add(new Effect.LeaderChanged(leader));
        }
    }
}
