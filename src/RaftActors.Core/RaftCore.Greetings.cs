namespace RaftActors.Core;

/// <content>Processes get to know one another, and durably record the first incarnation of each name.</content>
public sealed partial class RaftCore
{
    private void OnPeerReachable(ProcessName name)
    {
        if (PeerOf(name) is { } peer)
        {
            Greet(peer);
        }
    }

    /// <summary>
    /// At the pace of heartbeats: whoever has not answered is greeted again; before the group is founded everybody is, since there are no
    /// heartbeats yet to tell who is alive.
    /// </summary>
    private void GreetOnTick()
    {
        if (_now % Options.HeartbeatTicks != 0)
        {
            return;
        }

        foreach (var peer in _peers)
        {
            if (IsFounding || peer.AnsweredAt is null)
            {
                Greet(peer);
            }
        }
    }

    private void Greet(Peer peer) => Send(FoundingConfiguration.Absent(peer.Name), GreetingTo(peer, isReply: false));

    private Message.Greeting GreetingTo(Peer peer, bool isReply) => new(_log.LastPosition, FirstOf(peer.Name), isReply);

    /// <summary>The incarnation that this process recorded as the first of a name, or none.</summary>
    private Incarnation FirstOf(ProcessName name) => _hardState.Recorded.FirstOrDefault(member => member.Name == name).Incarnation;

    private void Meet(Peer peer, Envelope envelope)
    {
        peer.Meet(envelope);
        if (FirstOf(peer.Name) == Incarnation.None)
        {
            // Whatever we send from here on waits for this to be durable, so nobody hears of the record before it is one.
            Keep(_hardState with { Recorded = [.. _hardState.Recorded.Append(envelope.From).Order()] });
            _configurations.FoundingRoster = FoundingConfiguration.OfAll(Options.Roster, Self, _hardState.Recorded);
        }
    }

    private void OnGreeting(Peer peer, Envelope envelope, Message.Greeting greeting)
    {
        var isNew = peer.HeardAt is null;
        peer.Hear(greeting, Self.Incarnation, _now);
        if (isNew)
        {
            _effects.Add(new Effect.PeerMet(peer.Member, greeting.Position.Serial));
        }

        if (!greeting.IsReply)
        {
            RefuseOtherLife(peer);
            Send(envelope.From, GreetingTo(peer, isReply: true));
            WelcomeBack(envelope.From);
        }

        ConsiderAdmission();
        CompareLogs(peer);
        ConsiderFounding();
        ConsiderMembers();
    }

    /// <summary>Who greets has just begun, or lost sight of us: a leader shows itself at once and not at the next heartbeat.</summary>
    private void WelcomeBack(Member member)
    {
        if (_role is LeaderRole leader && leader.Of(member) is { } progress)
        {
            progress.ProbeAgain();
            SendNews(leader, progress);
        }
    }

    /// <summary>
    /// A process whose memory was wiped is told that it is not the one that voted before, unless it was taken in as it now is.
    /// </summary>
    private void RefuseOtherLife(Peer peer)
    {
        var isKnown = peer.Current == FirstOf(peer.Name) || CommittedConfiguration?.Everybody().Contains(peer.Member) == true;
        if (!isKnown)
        {
            var outlook = IsFounding
                ? "it has no part in the founding. If that cannot do without it, restart all processes of the group"
                : Configuration.Voters.Any(voter => voter.Name == peer.Name)
                    ? "the group takes it in as a follower, and without its vote survives one failure less"
                    : "the group takes it in as a follower again, and nothing need be done";
            var detail = $"{Self.Name} knows {peer.Name} with another store, which was lost or replaced; {outlook}";
            Send(peer.Member, new Message.Refusal(RefusalReason.OtherIncarnation, Serial.Zero, detail));
        }
    }

    /// <summary>
    /// An incarnation may vote once a majority of the others has recorded it as the first of its name, or a committed configuration holds
    /// it: then no other life of this process can have voted, or be counted, in its place.
    /// </summary>
    private void ConsiderAdmission()
    {
        if (IsAdmitted)
        {
            return;
        }

        var isConfirmed = _peers.Count(peer => peer.HasConfirmedUs) >= QuorumSize.MajorityOf(_peers.Length);
        if (isConfirmed || CommittedConfiguration?.Everybody().Contains(Self) == true)
        {
            Keep(_hardState with { IsAdmitted = true });
            JudgeKeptRequests();
        }
    }
}
