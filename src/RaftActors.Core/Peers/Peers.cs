namespace RaftActors.Core;

/// <summary>
/// The other processes as this one meets them. Decides which senders are heard, greets them, records their starts durably, and
/// distinguishes two processes of one name. One of those may be a node that was started twice: the group hears the first one as long as it
/// answers, and after that the other rejoins like a process with a new store.
/// </summary>
/// <remarks>
/// <para>
/// A restored disk has forgotten votes and acknowledgements. So a message is ignored if its member has a recorded start that is later, or
/// that has the same number and another mark. The hard state has these records.
/// </para>
/// <para>
/// Existence: this process records every sender before it answers. So each vote or acknowledgement that it counts is of a recorded start,
/// and the record outlasts a restart.
/// </para>
/// <para>
/// Removal: a record may be removed if this process can never count its member again (<see cref="MayCount"/>), because a committed
/// configuration lacks it. A later configuration may have the member again. The loss of the record is harmless: every entry that the
/// member's old acknowledgements committed is on a majority of the configuration without it. The member's old votes elected leaders of
/// earlier terms, or leaders whose log has that configuration and that did not count them.
/// </para>
/// </remarks>
internal sealed class Peers(RaftState state, Refusals refusals)
{
    /// <summary>
    /// Receives a message of any kind: refuses it with the reason, or records the start of its sender. Returns the sender, or null if the
    /// message must not be handled.
    /// </summary>
    public Peer? Receive(Envelope envelope)
    {
        if (SenderOf(envelope) is not { } peer)
        {
            refusals.RefuseUnknown(envelope);
            return null;
        }

        if (envelope.To.Incarnation != state.Self.Incarnation && envelope.To.Incarnation != Incarnation.None)
        {
            // The message is for an earlier incarnation, whose promises this one does not keep. The greeting tells the sender so.
            Greet(peer);
            return null;
        }

        if (state.IsOfOtherGroup(envelope.Group))
        {
            // The sender is not met, because a process of another group must not be taken for the one of the same name in this group.
            refusals.RefuseOtherGroup(envelope, envelope.Group);
            if (envelope.Body is Message.Refusal foreign)
            {
                refusals.Show(peer, envelope.From, foreign);
            }

            return null;
        }

        if (IsFromOldStart(envelope))
        {
            refusals.RefuseOldStart(envelope);
            return null;
        }

        if (state.IsFenced)
        {
            refusals.RefuseAsFenced(envelope);
            return null;
        }

        if (IsDuplicate(peer, envelope.From))
        {
            OnDuplicate(peer, envelope);
            return null;
        }

        var isNewStart = Record(envelope);
        if (isNewStart && (state.Role as LeaderRole)?.Of(envelope.From) is { } progress)
        {
            // The application of an earlier start may have had another program, so the new one has shown nothing yet.
            progress.Applied = Serial.Zero;
        }

        peer.Meet(envelope, isNewStart, state.Now);
        return peer;
    }

    /// <summary>
    /// Tells whether the sender is the latest known start of a process that this one deals with. If not, the address of the message must
    /// not replace the known one. Changes nothing.
    /// </summary>
    public bool Trusts(Envelope envelope) =>
        (state.Roster.Of(envelope.From.Name) is { } peer
            ? !IsFromOldIncarnation(peer, envelope) && !IsDuplicate(peer, envelope.From)
            : MayHear(envelope))
        && !state.IsOfOtherGroup(envelope.Group)
        && !IsFromOldStart(envelope);

    /// <summary>
    /// Tells whether a message was delayed: its start was recorded before, and is of another incarnation than the one that sent the last
    /// message.
    /// </summary>
    private bool IsFromOldIncarnation(Peer peer, Envelope envelope) =>
        peer.Current != Incarnation.None
        && peer.Current != envelope.From.Incarnation
        && state.HardState.LatestBootOf(envelope.From) is { } boot
        && boot.Number >= envelope.Boot.Number;

    /// <summary>Returns the sender of a message, added to the roster if necessary, or null if the message must not be heard.</summary>
    private Peer? SenderOf(Envelope envelope) =>
        state.Roster.Of(envelope.From.Name) ?? (MayHear(envelope) ? state.Roster.Add(envelope.From.Name, state.Leader) : null);

    /// <summary>
    /// Tells whether a sender outside the roster is heard, because this process may have missed a change of the roster. A leader is
    /// followed, and a candidate or a greeting with a longer log is heard (thesis §4.1). Otherwise a process that was away could never
    /// rejoin. A sender whose log is not longer knows of no later roster, and this process or another one can be elected in its place. So
    /// it is told why it is not in the roster. A leader that has left may still name its successor, which may not yet know that the
    /// configuration without the leader is committed.
    /// </summary>
    private bool MayHear(Envelope envelope)
    {
        if (state.IsOutside)
        {
            return true;
        }

        var isOfOurGroup = envelope.Group != GroupUid.None && envelope.Group == state.HardState.Group;
        return isOfOurGroup && envelope.Body switch
        {
            Message.AppendEntries or Message.SnapshotChunk => true,
            Message.TimeoutNow => envelope.From == state.Leader,
            Message.RequestVote request => IsAhead(request.Position),
            Message.Greeting greeting => state.IsRemoved || IsAhead(greeting.Position),
            _ => false,
        };
    }

    private bool IsAhead(LogPosition position) => !state.Log.LastPosition.IsAtLeastAsUpToDateAs(position);

    /// <summary>Greets again the peers whose time it is.</summary>
    public void OnTick()
    {
        foreach (var peer in state.Roster.Peers)
        {
            if (NextGreeting(state, peer) <= state.Now)
            {
                Greet(peer);
            }
        }
    }

    /// <summary>
    /// The tick of the next greeting to a peer, not before the first heartbeat of this start. A peer that has not replied is greeted with
    /// doubling pauses. One whose name another process claims is greeted, to see that it still runs. Before the founding no heartbeats
    /// show which processes run, so a peer that has replied is greeted again, well before its greeting is too old (<see
    /// cref="Founding"/>). A learner without a leader does the same, because it does not campaign: a quiescent leader does not know that
    /// the learner missed something, and a group that has removed it tells it why. A leader asks again each process that it has not
    /// taken in, because its greeting may be of an earlier start with an older program. That process may not know the leader, so it cannot
    /// greet it. A removed process greets nobody, because no process would accept it.
    /// </summary>
    public static long NextGreeting(RaftState state, Peer peer)
    {
        if (state.IsRemoved || state.ToldRemoved is not null)
        {
            return long.MaxValue;
        }

        var due = Math.Max(peer.GreetAgainAt, state.Options.HeartbeatTicks);
        if (peer.IsToGreet || peer.RepliedAt is not { } at)
        {
            return due;
        }

        var asksAgain = state.IsFounding
            || (state.Leader is null && !state.Configuration.IsVoter(state.Self))
            || (state.Role is LeaderRole && peer.IsAwaitedBy(state.Configuration));
        return asksAgain ? Math.Max(due, at + (state.Options.ElectionTimeoutMaxTicks / 2)) : long.MaxValue;
    }

    public void OnPeerReachable(ProcessName name)
    {
        if (!state.IsFenced && (state.Roster.Of(name) ?? (state.IsOutside ? state.Roster.Add(name, state.Leader) : null)) is { } peer)
        {
            peer.GreetAgain(state.Now);
            Greet(peer);
        }
    }

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
            RefuseIfReplaced(peer);
            RefuseIfOld(peer);
            state.Send(envelope.From, GreetingTo(peer, isReply: true));
            ProbeAgain(envelope);
        }
    }

    /// <summary>
    /// Tells a process with a new store that it is not the one that voted before. Unnecessary if a configuration has the new incarnation.
    /// </summary>
    private void RefuseIfReplaced(Peer peer)
    {
        var isKnown = peer.Current == state.HardState.FirstOf(peer.Name)
            || state.CommittedConfiguration?.Holds(peer.Member) == true
            || state.Configuration.Holds(peer.Member)
            || state.Configuration.Holds(Member.Absent(peer.Name));
        if (!isKnown)
        {
            refusals.RefuseOtherIncarnation(peer);
        }
    }

    /// <summary>
    /// Tells a process that its program cannot read the log of the group. The network does not bring it entries that it cannot read.
    /// </summary>
    private void RefuseIfOld(Peer peer)
    {
        if (!peer.Version.Has(state.Configuration.Version))
        {
            refusals.RefuseOldProgram(peer);
        }
    }

    /// <summary>
    /// Probes the sender at once, because it has just started or lost its connection, and need not wait for the next heartbeat.
    /// </summary>
    private void ProbeAgain(Envelope envelope)
    {
        if (state.Role is LeaderRole leader && leader.Of(envelope.From) is { } progress)
        {
            progress.CompareAgain(envelope.Boot, state.Log.Base.Index);
            progress.ProbeAgain(state.Log.Base.Index);
        }
    }

    private void Greet(Peer peer)
    {
        peer.Greeted(state.Now, state.Options.HeartbeatTicks, state.IsFounding);
        state.Send(Member.Absent(peer.Name), GreetingTo(peer, isReply: false));
    }

    /// <summary>Sends a greeting that no other incarnation answers.</summary>
    private void Ask(Peer peer) => state.Send(peer.Member, GreetingTo(peer, isReply: false));

    private Message.Greeting GreetingTo(Peer peer, bool isReply) =>
        new(state.Log.LastPosition, state.HardState.FirstOf(peer.Name), isReply)
        {
            FailureDomain = state.Options.FailureDomain,
            Version = state.Options.Version,
        };

    /// <summary>
    /// Tells whether the boot is lower than the one recorded, or equal with another mark: a delayed message, or a restored disk.
    /// </summary>
    private bool IsFromOldStart(Envelope envelope) =>
        state.HardState.LatestBootOf(envelope.From) is { } boot
        && (envelope.Boot.Number < boot.Number || (envelope.Boot.Number == boot.Number && envelope.Boot.Mark != boot.Mark));

    /// <summary>
    /// Records the start of a sender. Every later message of this process waits until the record is durable. Returns whether this is the
    /// first message of that start.
    /// </summary>
    private bool Record(Envelope envelope)
    {
        var (member, recorded) = (envelope.From, state.HardState.Recorded);
        for (var i = 0; i < recorded.Length; i++)
        {
            if (recorded[i].Member == member)
            {
                if (recorded[i].Boot.Number >= envelope.Boot.Number)
                {
                    return false;
                }

                var record = new PeerRecord(member, envelope.Boot);
                state.Durability.SetHardState(state.HardState with { Recorded = recorded.SetItem(i, record) });
                return true;
            }
        }

        Add(member, new PeerRecord(member, envelope.Boot));
        return true;
    }

    // The order is stable, so the first incarnation of a name stays before later ones.
    private void Add(Member member, PeerRecord record)
    {
        var recorded = state.HardState.Recorded;
        var needed = recorded.Where(one => IsNeeded(one.Member, member.Name)).Append(record);
        state.Durability.SetHardState(state.HardState with { Recorded = [.. needed.OrderBy(one => one.Member.Name)] });
        state.Configurations.FoundingRoster = state.FoundingRoster();
    }

    /// <summary>
    /// Tells whether a record stays when an incarnation of <paramref name="met"/> is recorded for the first time. For each name, the first
    /// incarnation, those that may be counted, and the one met last stay. So the table is bounded, however often a store is replaced.
    /// </summary>
    private bool IsNeeded(Member member, ProcessName met)
    {
        var (name, incarnation) = member;
        return (state.Founders.Contains(name) || state.Roster.Of(name) is not null)
            && (name != met || incarnation == state.HardState.FirstOf(name) || MayCount(member));
    }

    /// <summary>
    /// Tells whether this process may come to count a vote or an entry of this member: under the latest configuration, or under the one
    /// before while the latest may be truncated.
    /// </summary>
    private bool MayCount(Member member) =>
        state.Configuration.Holds(member)
        || (state.CommitIndex < state.Configurations.LatestIndex && state.Configurations.BeforeLatest?.Holds(member) == true);

    /// <summary>Tells whether the sender has the name of another process that may still run. Changes nothing.</summary>
    private bool IsDuplicate(Peer peer, Member sender) =>
        peer.Current != Incarnation.None
        && peer.Current != sender.Incarnation
        && peer.SpokeAt is not null
        && !IsInForce(sender)
        && !(peer.ClaimedAt is { } claimed && state.Now - claimed >= DuplicateTimeout);

    /// <summary>
    /// Handles a message of a duplicate. Asks the first process whether it still runs, because it may be silent in an idle group. Once
    /// that has answered, the duplicate is refused.
    /// </summary>
    private void OnDuplicate(Peer peer, Envelope envelope)
    {
        if (peer.ClaimedAt is null)
        {
            peer.ClaimedAt = state.Now;
            Ask(peer);
        }

        if (!peer.HasAnsweredClaim)
        {
            return;
        }

        refusals.RefuseDuplicate(envelope);
        if (peer.Duplicate != envelope.From.Incarnation)
        {
            peer.Duplicate = envelope.From.Incarnation;
            state.Effects.Add(new Effect.DuplicateRefused(envelope.From, peer.Member));
        }
    }

    // Longer than the first process needs to answer, because one message may be lost.
    private int DuplicateTimeout => 2 * state.Options.ElectionTimeoutMaxTicks;

    // The group has accepted the sender while the other one was silent.
    private bool IsInForce(Member sender) =>
        state.Configuration.Holds(sender) || state.CommittedConfiguration?.Holds(sender) == true;
}
