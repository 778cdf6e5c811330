using System.Collections.Immutable;

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
    /// Announces the changes of this step in an order on which the application can rely. A leader is lost before its quorum, and found
    /// after it. Committed entries follow, and only then does a leader become ready.
    /// </summary>
    public void Advance()
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
            state.Effects.Add(new Effect.Fenced(
                fence, $"{fence}; stop {state.Self.Name}, run 'raft log forget' for its group, and start it"));
        }
    }

    private QuorumView? Quorum()
    {
        // Hearing a leader ends the loss of a quorum. A timeout that grew later must not end it.
        var extension = _quorum is null ? 0 : state.TimeoutExtension;
        var timeout = (2L * state.Options.ElectionTimeoutMaxTicks) + extension;
        var isLost = state.Role is not LeaderRole && state.Election.SilenceAt(state.Now) >= timeout;
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

/// <summary>The quorum as one process sees it.</summary>
/// <param name="Members">The quorum members: at founding the coming leader first, then by name.</param>
/// <param name="IsMember">Whether this process is one of them.</param>
/// <param name="Configuration">The configuration that the view was read from.</param>
internal sealed record QuorumView(ImmutableArray<Member> Members, bool IsMember, Configuration Configuration);

/// <summary>The leader as one process sees it.</summary>
/// <param name="Serial">The last serial in the leader's log when it was elected, or when this process first heard of it.</param>
/// <param name="IsReady">It has committed an entry of its own term, and may serve.</param>
internal sealed record LeaderView(Member Leader, Term Term, Serial Serial, bool IsSelf, bool IsReady);

/// <summary>How far the log of another process agrees with that of the leader.</summary>
/// <param name="Peer">The other process.</param>
/// <param name="Match">The index up to which the other log agrees durably, or 0 if the leader does not know yet.</param>
internal readonly record struct PeerMatch(Member Peer, LogIndex Match);
