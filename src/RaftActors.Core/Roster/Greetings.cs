namespace RaftActors.Core;

/// <summary>Processes introduce themselves, so that each records the other's incarnation and learns how far its log reaches.</summary>
internal sealed class Greetings(RaftState state, Records records, Refusals refusals, Comparison comparison)
{
    /// <summary>The shell reaches a process.</summary>
    public void OnPeerReachable(ProcessName name)
    {
        if (state.IsFenced)
        {
            return;
        }

        if ((state.Roster.Of(name) ?? (state.IsOutside ? state.Roster.Add(name, state.Leader) : null)) is { } peer)
        {
            Greet(peer);
        }
    }

    /// <summary>
    /// Greets again, at the pace of heartbeats, every peer that has not replied. Before the founding there are no heartbeats to show which
    /// processes run, so all are greeted. A learner without a leader greets all too, because it does not campaign: a quiescent leader does
    /// not know that the learner missed something, and a group that has removed it tells it why. A process whose name another one claims is
    /// greeted, to see that it still runs. A removed process greets no one: no process would accept it.
    /// </summary>
    public void OnTick()
    {
        if (state.Now % state.Options.HeartbeatTicks != 0 || state.IsRemoved || state.ToldRemoved is not null)
        {
            return;
        }

        var misses = state.Leader is null && !state.Configuration.IsVoter(state.Self);
        foreach (var peer in state.Roster.Peers)
        {
            if (state.IsFounding || misses || peer.IsToGreet)
            {
                Greet(peer);
            }
        }
    }

    /// <summary>Sends a greeting.</summary>
    public void Greet(Peer peer) => state.Send(FoundingConfiguration.Absent(peer.Name), GreetingTo(peer, isReply: false));

    /// <summary>Sends a greeting that no other incarnation answers.</summary>
    public void Ask(Peer peer) => state.Send(peer.Member, GreetingTo(peer, isReply: false));

    /// <summary>Receives a greeting.</summary>
    public void OnGreeting(Peer peer, Envelope envelope, Message.Greeting greeting)
    {
        var isNew = peer.GreetedAt is null;
        peer.Hear(greeting, state.Self.Incarnation, state.Now);
        if (isNew)
        {
            state.Effects.Add(new Effect.PeerMet(peer.Member, greeting.Position.Serial));
        }

        if (!greeting.IsReply)
        {
            RefuseOtherIncarnation(peer);
            state.Send(envelope.From, GreetingTo(peer, isReply: true));
            ProbeAgain(envelope);
        }

        comparison.CompareWith(peer);
    }

    private Message.Greeting GreetingTo(Peer peer, bool isReply) =>
        new(state.Log.LastPosition, records.FirstOf(peer.Name), isReply) { FailureDomain = state.Options.FailureDomain };

    /// <summary>
    /// The sender has just started, or lost its connection. The leader probes it at once, so that it need not wait for the next heartbeat.
    /// </summary>
    private void ProbeAgain(Envelope envelope)
    {
        if (state.Role is LeaderRole leader && leader.Of(envelope.From) is { } progress)
        {
            progress.CompareAgain(envelope.Boot, state.Log.Base.Index);
            progress.ProbeAgain(state.Log.Base.Index);
        }
    }

    /// <summary>
    /// Tells a process with a new store that it is not the one that voted before. A configuration that holds the new incarnation makes this
    /// unnecessary.
    /// </summary>
    private void RefuseOtherIncarnation(Peer peer)
    {
        var isKnown = peer.Current == records.FirstOf(peer.Name)
            || state.CommittedConfiguration?.Holds(peer.Member) == true
            || state.Configuration.Holds(peer.Member)
            || state.Configuration.Holds(FoundingConfiguration.Absent(peer.Name));
        if (!isKnown)
        {
            refusals.RefuseOtherIncarnation(peer);
        }
    }
}
