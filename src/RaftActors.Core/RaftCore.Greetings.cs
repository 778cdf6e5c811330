namespace RaftActors.Core;

/// <content>Processes get to know one another.</content>
public sealed partial class RaftCore
{
    private void OnPeerReachable(ProcessName name)
    {
        if (IsFenced)
        {
            return;
        }

        if ((PeerOf(name) ?? (IsOutside ? AddPeer(name) : null)) is { } peer)
        {
            Greet(peer);
        }
    }

    /// <summary>
    /// At the pace of heartbeats: whoever has not answered is greeted again; before the group is founded everybody is, since there are no
    /// heartbeats yet to tell who is alive. Who was removed greets nobody, since nobody would have it.
    /// </summary>
    private void GreetOnTick()
    {
        if (_now % Options.HeartbeatTicks != 0 || IsRemoved || IsToldRemoved)
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
            WelcomeBack(envelope);
        }

        CompareLogs(peer);
    }

    /// <summary>Who greets has just begun, or lost sight of us: a leader shows itself at once and not at the next heartbeat.</summary>
    private void WelcomeBack(Envelope envelope)
    {
        if (_role is LeaderRole leader && leader.Of(envelope.From) is { } progress)
        {
            progress.CompareAgain(envelope.Boot, _log.Base.Index);
            progress.ProbeAgain(_log.Base.Index);
        }
    }

    /// <summary>
    /// A process whose memory was wiped is told that it is not the one that voted before, unless it was taken in as it now is.
    /// </summary>
    private void RefuseOtherLife(Peer peer)
    {
        var isKnown = peer.Current == FirstOf(peer.Name)
            || CommittedConfiguration?.Holds(peer.Member) == true
            || Configuration.Holds(peer.Member)
            || Configuration.Holds(FoundingConfiguration.Absent(peer.Name));
        if (!isKnown)
        {
            var outlook = IsFounding
                ? "it has no part in the founding. If that cannot do without it, restart all processes of the group"
                : Configuration.Voters.Any(voter => voter.Name == peer.Name)
                    ? "the group takes it in as a learner, and survives one failure less until it votes again"
                    : "the group takes it in as a learner again, and nothing needs to be done";
            var detail = $"{Self.Name} knows {peer.Name} with another store, which was lost or replaced; {outlook}";
            Send(peer.Member, new Message.Refusal(RefusalReason.OtherIncarnation, Serial.Zero, default, detail));
        }
    }

    /// <summary>
    /// An incarnation may vote once a majority of the others has recorded it as the first of its name, or a committed configuration holds
    /// it (<see cref="Committed"/>): then no other life of this process can have voted, or be counted, in its place. Majorities meet only
    /// among the same others, so only the word of the founding roster counts; and one that joins was not in it, and waits for the
    /// configuration.
    /// </summary>
    private void ConsiderAdmission()
    {
        if (!IsAdmitted && !IsFenced && IsConfirmed)
        {
            Keep(_hardState with { IsAdmitted = true });
        }

        if (IsAdmitted && !_mayJudge)
        {
            _mayJudge = true;
            JudgeKeptRequests();
        }
    }

    private bool _mayJudge;

    private bool IsConfirmed => !Options.IsJoining && ConfirmedBy().Count() >= QuorumSize.MajorityOf(Founders.Length - 1);

    private IEnumerable<ProcessName> ConfirmedBy() =>
        _peers.Where(peer => peer.HasConfirmedUs && Founders.Contains(peer.Name)).Select(peer => peer.Name);
}
