using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>
/// Whom this process knows. The roster lives in the log: before the first configuration it is the founding roster, then everybody of the
/// latest one, and of the one before as long as the latest can still be truncated.
/// </content>
public sealed partial class RaftCore
{
    /// <summary>Everybody else of the roster, by name.</summary>
    private ImmutableArray<Peer> _peers = [];

    /// <summary>
    /// Everybody else of the roster, by name: whom to look for. Another array whenever that changes. Who only speaks to this process, and
    /// is in no configuration of its, is not among them.
    /// </summary>
    public ImmutableArray<ProcessName> Others { get; private set; } = [];

    /// <summary>What <see cref="_peers"/> was read from.</summary>
    private (Configuration Latest, bool IsCommitted, int Farewells) _rosterOf;

    /// <summary>
    /// A committed configuration does not hold this name. It campaigns no more, since it is no voter; and it takes part again when it is
    /// taken in again.
    /// </summary>
    private bool IsRemoved => CommittedConfiguration?.HasName(Self.Name) == false;

    /// <summary>This process waits to be taken in, and has only others' word for who is in the group.</summary>
    private bool IsOutside => Options.IsJoining && CommittedConfiguration is null;

    /// <summary>The founding roster: that of the store, or the one given at start if the store holds none.</summary>
    private ImmutableArray<ProcessName> Founders => _hardState.Roster.IsEmpty ? Options.Roster : _hardState.Roster;

    /// <summary>
    /// What is in force before the first configuration. Who joins is in no roster yet: it knows itself alone, and has no vote.
    /// </summary>
    private Configuration FoundingRoster() => Options.IsJoining
        ? new Configuration(GroupUid.None, 0, [], [], [Self], [])
        : FoundingConfiguration.OfAll(Founders, Self, _hardState.Recorded);

    /// <summary>
    /// What the first write of a start holds. The start is told from all others before anything is sent. Its mark has a seed of its own, so
    /// that the other random choices do not depend on it. The roster is durable before any vote, so that no restart can vote under another
    /// one.
    /// </summary>
    private HardState WithThisStart()
    {
        var isUnfounded = !Options.IsJoining && _hardState.Group == GroupUid.None;
        if (isUnfounded && !Founders.ToHashSet().SetEquals(Options.Roster))
        {
            throw new RosterMismatchException(Founders, Options.Roster);
        }

        return _hardState with
        {
            Boot = new Boot(_hardState.Boot.Number + 1, MarkOf(Options.Seed)),
            Roster = isUnfounded ? [.. Founders.Order()] : _hardState.Roster,
        };
    }

    /// <summary>At the end of a step: forgets who left the roster, and gets ready for who came into it.</summary>
    private void FollowRoster()
    {
        var isCommitted = CommitIndex >= _configurations.LatestIndex;
        var leader = _role as LeaderRole;
        var rosterOf = (Configuration, isCommitted, leader?.Leaving.Count ?? 0);
        if (rosterOf == _rosterOf)
        {
            return;
        }

        _rosterOf = rosterOf;
        var names = new SortedSet<ProcessName>(Configuration.Names());
        names.UnionWith(isCommitted ? [] : (_configurations.BeforeLatest ?? _configurations.FoundingRoster).Names());
        names.UnionWith(leader?.Leaving.Select(member => member.Name) ?? []);
        names.Remove(Self.Name);
        Others = [.. names];
        names.UnionWith(IsOutside ? _peers.Select(peer => peer.Name) : []);
        _peers = [.. names.Select(name => PeerOf(name) ?? new Peer(name))];
    }

    private Peer? PeerOf(ProcessName name)
    {
        foreach (var peer in _peers)
        {
            if (peer.Name == name)
            {
                return peer;
            }
        }

        return null;
    }

    /// <summary>Who sent this, if it is somebody to deal with.</summary>
    private Peer? SenderOf(Envelope envelope) =>
        PeerOf(envelope.From.Name) ?? (MayHear(envelope) ? AddPeer(envelope.From.Name) : null);

    /// <summary>
    /// Whether somebody who is not in our roster is heard all the same. The roster may have changed behind our back, so a leader is
    /// followed and a candidate judged by term and log alone (thesis §4.1): otherwise a process that was away could never find back. Whose
    /// log is behind ours cannot know of a later roster than we do, and would get no vote; it is told why it is not in ours instead.
    /// </summary>
    private bool MayHear(Envelope envelope)
    {
        if (IsOutside)
        {
            return true;
        }

        var isOfOurGroup = envelope.Group != GroupUid.None && envelope.Group == _hardState.Group;
        return isOfOurGroup && envelope.Body switch
        {
            Message.AppendEntries or Message.SnapshotChunk => true,
            Message.RequestVote request => request.Position.IsAtLeastAsUpToDateAs(_log.LastPosition),
            Message.Greeting greeting => IsRemoved || greeting.Position.IsAtLeastAsUpToDateAs(_log.LastPosition),
            _ => false,
        };
    }

    private Peer AddPeer(ProcessName name)
    {
        var peer = new Peer(name);
        _peers = [.. _peers.Append(peer).OrderBy(one => one.Name)];
        return peer;
    }

    private void RefuseStranger(Envelope envelope)
    {
        var name = envelope.From.Name;
        var isOurs = envelope.Group != GroupUid.None && envelope.Group == _hardState.Group;
        if (isOurs && CommittedConfiguration?.HasName(name) == false)
        {
            var removed = $"{name} was removed from the group; stop it, or let it join again";
            RefuseRequest(envelope, RefusalReason.Removed, removed);
            return;
        }

        var remedy = IsFounding
            ? "make the rosters the same everywhere, and restart the processes whose roster was wrong"
            : $"the group was founded without it: let {name} join, and start it as one that joins";
        RefuseRequest(envelope, RefusalReason.NotInRoster, $"the roster of {Self.Name} does not name {name}; {remedy}");
    }
}
