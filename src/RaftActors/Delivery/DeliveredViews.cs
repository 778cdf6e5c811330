namespace RaftActors.Delivery;

/// <summary>
/// The peers, the quorum and the leader as one instance of the actor knows them. Each change becomes one notice. Invariant: on a member,
/// HandleLeader has reported the leader, or its notice is due. On a learner, where HandleLeader is not called, the reported leader is
/// null.
/// </summary>
/// <param name="notices">The callbacks that are due first.</param>
internal sealed class DeliveredViews(Queue<DeliveryStep> notices)
{
    private readonly SortedDictionary<ProcessName, Peer> _peers = [];
    private Leader? _shownLeader;

    public Quorum? Quorum { get; private set; }

    /// <summary>The leader, also on learners.</summary>
    public Leader? Leader { get; private set; }

    public IReadOnlyList<Peer> Peers => [.. _peers.Values];

    /// <summary>
    /// The last known membership, or null before the first. It outlasts the quorum, because deliveries go on without one.
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

    /// <summary>Forgets a peer. There is no callback, because the actor was told that the process is unreachable.</summary>
    public void ForgetPeer(ProcessName name) => _peers.Remove(name);

    public void TakeQuorum(Quorum? quorum)
    {
        // Another configuration with the same members is no news for the actor.
        var isNews = quorum is null ? Quorum is not null : !quorum.HasSameMembersAs(Quorum);
        Quorum = quorum;
        IsMember = quorum?.IsMember ?? IsMember;
        if (isNews)
        {
            notices.Enqueue(new DeliveryStep.QuorumChanged(quorum));
        }

        ShowLeader();
    }

    // The news of a leader waits while a snapshot is installed, and the news of a peer does not. So the peer's actor is the newer one.
    public void TakeLeader(Leader? leader)
    {
        Leader = leader is { IsSelf: false } && _peers.TryGetValue(leader.Name, out var peer) ? leader with { Actor = peer.Actor } : leader;
        ShowLeader();
    }

    // A change of membership also matters: a new member is told of the leader, and a former member that there is none.
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
