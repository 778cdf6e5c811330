namespace RaftActors.Delivery;

/// <summary>
/// The peers, the quorum and the leader as one life knows them. Each change becomes one notice. Invariant: on a member, HandleLeader has
/// reported the leader, or its notice is due. On a learner the same holds for null.
/// </summary>
/// <param name="notices">The callbacks that are due first.</param>
internal sealed class DeliveredViews(Queue<DeliveryStep> notices)
{
    private readonly SortedDictionary<ProcessName, Peer> _peers = [];

    // The leader as HandleLeader reported it last.
    private Leader? _shownLeader;

    public Quorum? Quorum { get; private set; }

    /// <summary>Known on learners too, although HandleLeader is not called there.</summary>
    public Leader? Leader { get; private set; }

    public IReadOnlyList<Peer> Peers => [.. _peers.Values];

    /// <summary>
    /// The last known membership; null: none is known yet. Deliveries go on without a quorum, so the loss of the quorum does not reset it.
    /// </summary>
    public bool? IsMember { get; private set; }

    public void TakePeer(Peer peer)
    {
        if (_peers.TryGetValue(peer.Name, out var before) && before == peer)
        {
            return;
        }

        _peers[peer.Name] = peer;
        notices.Enqueue(new DeliveryStep.PeerMet(peer));
        if (Leader?.Name == peer.Name)
        {
            Leader = Leader with { Actor = peer.Actor };
        }
    }

    /// <summary>No callback: the actor was told that the process is unreachable.</summary>
    public void ForgetPeer(ProcessName name) => _peers.Remove(name);

    public void TakeQuorum(Quorum? quorum)
    {
        // Another configuration with the same members is no change for the actor.
        var isNews = quorum is null ? Quorum is not null : !quorum.HasSameMembersAs(Quorum);
        Quorum = quorum;
        IsMember = quorum?.IsMember ?? IsMember;
        if (isNews)
        {
            notices.Enqueue(new DeliveryStep.QuorumChanged(quorum));
        }

        ShowLeader();
    }

    // The news of a leader waits while a snapshot is installed, and that of a peer does not. So the peer's actor is the later one.
    public void TakeLeader(Leader? leader)
    {
        Leader = leader is { IsSelf: false } && _peers.TryGetValue(leader.Name, out var peer) ? leader with { Actor = peer.Actor } : leader;
        ShowLeader();
    }

    // Also called when only the membership changed. A new member is told of the leader, and a former member that there is none.
    private void ShowLeader()
    {
        var shown = IsMember == true ? Leader : null;
        var isNews = (shown?.Name, shown?.Term, shown?.IsReady) != (_shownLeader?.Name, _shownLeader?.Term, _shownLeader?.IsReady);
        _shownLeader = shown;
        if (isNews)
        {
            notices.Enqueue(new DeliveryStep.LeaderChanged(shown));
        }
    }
}
