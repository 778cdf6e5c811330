namespace RaftActors.Core;

/// <content>The first election, until a configuration is in the log. Plain Raft among all N, with a preference for the best.</content>
public sealed partial class RaftCore
{
    /// <summary>All N have met, or the wait for them is over.</summary>
    private bool _isFoundingDue;

    /// <summary>The best one need not wait for its election timer.</summary>
    private bool _mayFoundAtOnce;

    /// <summary>No configuration is known, here or to anybody heard of.</summary>
    private bool IsFounding =>
        !Options.IsJoining && _configurations.IsEmpty && _hardState.Group == GroupUid.None && !_peers.Any(peer => peer.IsFounded);

    private Standing OwnStanding => new(_log.LastPosition, Self.Name);

    /// <summary>Called whenever something came to light on which the founding may have waited.</summary>
    private void ConsiderFounding()
    {
        if (!IsFounding || _role is not FollowerRole { Leader: null })
        {
            return;
        }

        if (!_isFoundingDue && (_peers.All(IsHeard) || _now >= Options.FoundingTimeoutTicks))
        {
            (_isFoundingDue, _mayFoundAtOnce) = (true, true);
        }

        if (_mayFoundAtOnce && CanFound && !_peers.Any(IsBetterAndThere))
        {
            _mayFoundAtOnce = false;
            AskAround();
        }
    }

    /// <summary>
    /// Whether this process campaigns now that its election timer ran out. It need not be the best: as long as that one is there,
    /// those who hear it refuse anybody else; and where nobody does, waiting for it would help nobody.
    /// </summary>
    private bool MayFoundOnTimeout => _isFoundingDue && CanFound;

    /// <summary>It may vote, and nobody who is there disputes its pairs: on a wrong base no group is founded.</summary>
    private bool CanFound =>
        IsAdmitted && !IsFenced && !_peers.Any(peer => IsThere(peer) && (peer.PartsAt is not null || DiffersFrom(peer)));

    private bool IsHeard(Peer peer) => peer.HeardAt is { } at && _now - at < Options.ElectionTimeoutMinTicks;

    /// <summary>It is heard, in the life in which it may vote: another one can neither found the group nor be chosen.</summary>
    private bool IsThere(Peer peer) => IsHeard(peer) && peer.Current == FirstOf(peer.Name);

    private bool IsBetterAndThere(Peer peer) => IsThere(peer) && peer.Standing.IsBetterThan(OwnStanding);

    /// <summary>
    /// Whether somebody else should found the group rather than this candidate. Somebody who does not answer does not stand in the way: it
    /// may be heard and hear nobody. Nor do we when we have asked more than once: we may hear too few to win, and the candidate all.
    /// </summary>
    private bool ShouldFoundRatherThan(Standing candidate) =>
        (CanFound && _candidacies <= 1 && OwnStanding.IsBetterThan(candidate))
        || _peers.Any(peer => peer.AnsweredAt is { } at
            && _now - at < Options.ElectionTimeoutMinTicks
            && IsThere(peer)
            && peer.Standing.IsBetterThan(candidate));

    private Configuration FoundGroup()
    {
        var present = _peers.Where(IsThere).Select(peer => peer.Standing).ToList();
        present.Sort((one, other) => one.IsBetterThan(other) ? -1 : 1);
        var size = QuorumSize.For(Founders.Length, Options.MaxQuorum);
        return FoundingConfiguration.Chosen(Options.FoundingUid, _configurations.FoundingRoster, size, OwnStanding, [.. present]);
    }

    /// <summary>Whether a preloaded log that is not longer than ours says something else. The longer of two finds out.</summary>
    private bool DiffersFrom(Peer peer) =>
        peer.HeardAt is not null
        && peer.Position.Term == Term.Zero
        && peer.Position.Index >= _log.Base.Index
        && peer.Position.Index <= _log.Last
        && _log.TermAt(peer.Position.Index) == Term.Zero
        && !_log.Holds(peer.Position);

    private void CompareLogs(Peer peer)
    {
        if (IsFounding && peer.PartsAt is null && DiffersFrom(peer))
        {
            OnComparePrefix(peer, Term, new Message.ComparePrefix(LogIndex.Zero, peer.Position.Index, peer.Position));
        }
    }
}
