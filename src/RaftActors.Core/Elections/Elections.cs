namespace RaftActors.Core;

/// <summary>
/// Elections (§5.2, §5.4.1). When its timer expires, this process first asks by a pre-vote whether it could win (thesis §9.6). Then it asks
/// for votes, and leads if a majority grants them. As a voter it grants or refuses them. Its own idea of its membership plays no part in
/// the answer (thesis §4.2).
/// </summary>
internal sealed class Elections(RaftState state, RoleChanges roles, Founding founding, Membership membership)
{
    private bool HearsLeader =>
        state.Role is LeaderRole
        || state.IsBound
        || (state.Role is FollowerRole { Leader: not null } && state.Now < state.Election.StickyUntil);

    /// <summary>
    /// Of two processes that ask at the same time, the worse one waits, so that they do not split the votes. This holds only for its first
    /// campaign, because the better one may hear too few to win, and must not block one that hears them all.
    /// </summary>
    private bool YieldsToBetter => state.Role is PreCandidateRole && state.Timer.Campaigns == 1;

    private bool MayCampaign => !Obstacles().Any();

    /// <summary>A majority of the other founders has recorded this incarnation as the first of its name.</summary>
    private bool IsConfirmed =>
        !state.Options.IsJoining && ConfirmedBy().Count() >= QuorumSize.MajorityOf(state.Founders.Length - 1);

    /// <summary>Campaigns if the election timer has ended and no obstacle prevents it.</summary>
    public void OnTick()
    {
        if (!state.Timer.IsDue || Founding.IgnoresTimer(state))
        {
            return;
        }

        if (state.Role is FollowerRole { Leader: not null })
        {
            roles.Become(new FollowerRole(null, default));
            state.Timer.HasLostLeader = true;
        }
        else
        {
            state.Timer.Reset();
        }

        state.Timer.IsPostponed = !state.Durability.IsHardStateDurable;
        if (!state.Timer.IsPostponed && !state.IsBound && MayCampaign && (!state.IsFounding || founding.MayCampaignOnTimeout))
        {
            Start();
        }
        else if (state is { IsFounding: true, Role: PreCandidateRole, Timer.IsPostponed: false })
        {
            // It asks no more, so that no other process yields to it.
            roles.Become(new FollowerRole(null, default));
        }
    }

    /// <summary>
    /// Handles a closed connection. If the leader was there, this process campaigns early, in turn with the others, and decides the
    /// requests again that it refused for the leader's sake.
    /// </summary>
    public void OnPeerUnreachable(ProcessName name)
    {
        if (state.IsFenced || state.Roster.Of(name) is not { } peer)
        {
            return;
        }

        peer.Lose();
        if (state.Role is FollowerRole { Leader: { } leader } && leader.Name == name)
        {
            // Stickiness alone protects no invariant, and this process saw the connection close. So only a promise binds it.
            state.Election.StickyUntil = state.Now;
            var turn = state.Configuration.Electorate().Count(voter => voter != leader && voter.CompareTo(state.Self) < 0);
            state.Timer.Hasten(Math.Max(state.Now, state.Election.BoundUntil) + (turn * state.Options.HintStaggerTicks));
            if (!state.IsBound)
            {
                DecideKeptRequests();
            }

            OnTick();
        }

        state.Election.MayFoundAtOnce |= state.Election.IsFoundingDue;
    }

    /// <summary>
    /// After the greeting of another process, starts a new timeout if the timer of a founder has ended. Otherwise the founders that waited
    /// would all campaign as soon as they hear a majority.
    /// </summary>
    public void OnGreeting()
    {
        if (state.Timer.IsDue && state is { IsFounding: true, Role: FollowerRole { Leader: null } })
        {
            state.Timer.Reset();
        }
    }

    private void Start()
    {
        if (state.Options.Variations.PreVote)
        {
            StartPreVote();
        }
        else
        {
            StartElection(isTransfer: false);
        }
    }

    private void StartPreVote()
    {
        state.Timer.Campaigns++;

        // In an unchanged term, a late vote still counts (§5.2), because no other process can have it.
        var asking = new PreCandidateRole(state.Candidacy);
        roles.Become(asking);
        asking.Ballot.Record(state.Self, granted: true);
        AskForVotes(new Message.RequestVote(state.Log.LastPosition, IsPreVote: true), state.Term.Next);
    }

    private void StartElection(bool isTransfer)
    {
        Invariant.That(state.IsAdmitted && !state.IsFenced, "only an admitted process asks for votes");
        Invariant.That(isTransfer || !state.IsBound, "a process holds to its promise unless the leader lifts it (thesis §6.4.1)");
        state.Durability.SetHardState(state.HardState with { Term = state.Term.Next, VotedFor = state.Self });
        roles.Become(new CandidateRole(ownVote: state.Durability.HardStateTicket));
        AskForVotes(new Message.RequestVote(state.Log.LastPosition, IsPreVote: false, isTransfer), state.Term);
    }

    private void AskForVotes(Message.RequestVote request, Term term)
    {
        foreach (var voter in state.Configuration.Electorate())
        {
            if (voter != state.Self && voter.Incarnation != Incarnation.None)
            {
                state.Send(voter, request, term);
            }
        }
    }

    public void OnRequestVote(Peer peer, Envelope envelope, Message.RequestVote request)
    {
        peer.KeptRequest = null;
        if (envelope.Term < state.Term)
        {
            Refuse(envelope, request);
        }
        else if (!state.IsAdmitted)
        {
            peer.KeptRequest = envelope;
        }
        else if (HearsLeader && !request.IsTransfer)
        {
            // Its term does not count either, so a process that was cut off cannot depose a leader that the others hear (thesis §4.2.3).
            peer.KeptRequest = envelope;
            Refuse(envelope, request);
        }
        else if (request.IsPreVote)
        {
            DecidePreVote(envelope, request);
        }
        else
        {
            DecideVote(envelope, request);
        }
    }

    private void DecidePreVote(Envelope envelope, Message.RequestVote request)
    {
        var candidate = new FoundingRank(request.Position, envelope.From.Name);
        var isGranted = envelope.Term > state.Term
            && HasOurLog(request)
            && !(YieldsToBetter && state.Rank.IsBetterThan(candidate))
            && !(state.IsFounding && founding.ShouldRefuse(candidate));
        if (!isGranted)
        {
            Refuse(envelope, request);
            return;
        }

        if (YieldsToBetter)
        {
            roles.Become(new FollowerRole(null, default));
        }

        state.Send(envelope.From, new Message.RequestVoteReply(Granted: true, IsPreVote: true, envelope.Boot), envelope.Term);
    }

    private void DecideVote(Envelope envelope, Message.RequestVote request)
    {
        var (dueAt, hasLed) = (state.Timer.DueAt, state.Role is LeaderRole);
        if (envelope.Term > state.Term)
        {
            roles.Follow(envelope.Term, null);
        }

        var isFree = state.HardState.VotedFor is null || state.HardState.VotedFor == envelope.From;
        if (!isFree || !HasOurLog(request))
        {
            // Only a granted vote delays this process's own campaign (Figure 2). Otherwise a candidate whose log cannot win could keep
            // others from campaigning by asking repeatedly.
            state.Timer.DueAt = hasLed ? state.Timer.DueAt : dueAt;
            Refuse(envelope, request);
            return;
        }

        Invariant.That(state.IsAdmitted && envelope.Term == state.Term, "an admitted process votes in its own term (§5.2)");
        if (state.HardState.VotedFor is null)
        {
            state.Durability.SetHardState(state.HardState with { VotedFor = envelope.From });
        }

        state.Timer.Reset();
        state.Send(envelope.From, new Message.RequestVoteReply(Granted: true, IsPreVote: false, envelope.Boot));
    }

    /// <summary>A vote goes only to a log that has everything that the voter's log has (§5.4.1).</summary>
    private bool HasOurLog(Message.RequestVote request)
    {
        if (request.Position.IsAtLeastAsUpToDateAs(state.Log.LastPosition))
        {
            return true;
        }

        state.Election.ShorterLogRefusedAt = state.Now;
        return false;
    }

    private void Refuse(Envelope envelope, Message.RequestVote request) =>
        state.Send(envelope.From, new Message.RequestVoteReply(Granted: false, request.IsPreVote, envelope.Boot));

    public void DecideKeptRequests()
    {
        foreach (var peer in state.Roster.Peers)
        {
            if (peer.KeptRequest is { Body: Message.RequestVote request } envelope)
            {
                OnRequestVote(peer, envelope, request);
            }
        }
    }

    /// <summary>
    /// When a promise ends, answers the requests that were refused for it. When the promises of earlier starts have ended, a later start
    /// need keep only those of this one.
    /// </summary>
    public void EndPromiseOnTick()
    {
        if (state.Now == state.Election.BoundUntil)
        {
            DecideKeptRequests();
        }

        if (state.Now == state.Election.FormerPromiseEnd && state.HardState.Promise != state.Options.Promise)
        {
            state.Durability.SetHardState(state.HardState with { Promise = state.Options.Promise });
        }
    }

    public void OnRequestVoteReply(Envelope envelope, Message.RequestVoteReply reply)
    {
        var isPreVoteGrant = reply is { IsPreVote: true, Granted: true };
        if (!isPreVoteGrant && envelope.Term > state.Term)
        {
            roles.Follow(envelope.Term, null);
        }
        else if (reply.Asked != state.HardState.Boot)
        {
            // A reply to an earlier start of this process counts for nothing. A restored disk has forgotten that start, which had another
            // vote and log.
        }
        else if (state.Role is PreCandidateRole asking && reply.IsPreVote && (!reply.Granted || envelope.Term == state.Term.Next))
        {
            asking.Ballot.Record(envelope.From, reply.Granted);
        }
        else if (state.Candidacy is { } candidacy && !reply.IsPreVote && envelope.Term == state.Term)
        {
            candidacy.Ballot.Record(envelope.From, reply.Granted);
        }
    }

    /// <summary>After a durable write, counts the candidate's own vote, and starts a campaign that waited for the disk.</summary>
    public void OnPersisted(Ticket ticket)
    {
        if (state.Candidacy is { } candidacy && candidacy.OwnVote <= ticket)
        {
            candidacy.Ballot.Record(state.Self, granted: true);
        }

        if (state.Timer.IsPostponed && state.Durability.IsHardStateDurable)
        {
            state.Timer.IsPostponed = false;
            if (state.Timer.HasLostLeader)
            {
                state.Timer.Hasten(state.Now);
            }
            else
            {
                // The candidate that this process voted for gets one more timeout.
                state.Timer.Reset();
            }
        }
    }

    /// <summary>Founds the group if it is this process's turn, and leads if a majority has voted for it.</summary>
    public void Advance()
    {
        if (founding.ShouldCampaign())
        {
            Start();
        }

        if (state.Candidacy is { } candidacy && candidacy.Ballot.Result(state.Configuration) == VoteResult.Won)
        {
            Lead(candidacy);
        }
        else if (state.Role is PreCandidateRole asking && asking.Ballot.Result(state.Configuration) == VoteResult.Won)
        {
            StartElection(isTransfer: false);
        }
    }

    private void Lead(CandidateRole candidacy)
    {
        Invariant.That(state.HardState.VotedFor == state.Self, "a leader has voted for itself in its term");
        Invariant.That(candidacy.OwnVote <= state.Durability.Done, "term and vote are durable before anything is built on them");
        var leader = new LeaderRole(state.Log.LastPosition.Serial, candidacy.Ballot.Granted())
        {
            Keeper = new QuorumKeeper(state.Now, state.CommitIndex, state.Log.LastPosition.Serial),
        };
        roles.Become(leader);
        leader.Open.Rebuild(state.Log.From(state.CommitIndex.Next));
        if (state.Configurations.IsEmpty)
        {
            membership.Decide(founding.Configuration(), "the group is founded");
            return;
        }

        // A member that the latest configuration removed may not know it yet.
        var next = state.Log.Last.Next;
        leader.Track(state.Configurations.BeforeLatest ?? state.Configuration, state.Self, next, state.Now);
        leader.Track(state.Configuration, state.Self, next, state.Now);
        // §8: the leader's own entry commits those of earlier terms.
        if (state.Configuration.IsRestored)
        {
            membership.BeginEra();
        }
        else if (state.Options.Variations.NoOp)
        {
            state.Append(leader, Payload.NoOp.Instance);
        }
    }

    /// <summary>
    /// Campaigns, because the leader of this term transfers its leadership to this process (thesis §3.10). No pre-vote is needed, because
    /// only one process is told. A message of an earlier term has no effect, because another election was held meanwhile.
    /// </summary>
    public void OnTimeoutNow(Envelope envelope)
    {
        if (envelope.Term == state.Term && envelope.From == state.Leader && MayCampaign)
        {
            StartElection(isTransfer: true);
        }
    }

    /// <summary>Notes that another process has committed a configuration without this one.</summary>
    public void OnToldRemoved()
    {
        state.Election.ToldRemoved = (state.Configurations.LatestIndex, state.Now);
        if (state.Role is PreCandidateRole or CandidateRole)
        {
            roles.StepDown();
        }
    }

    /// <summary>
    /// Admits this incarnation once the other founders have confirmed it. Then no other incarnation of this process can have voted, or be
    /// counted, in its place. Only the founding roster confirms, because majorities intersect only among the same processes. A joining
    /// process waits for a committed configuration that has it, which also admits it (<see cref="Commitment.Set"/>).
    /// </summary>
    public void Admit()
    {
        if (!state.IsAdmitted && !state.IsFenced && IsConfirmed)
        {
            state.Durability.SetHardState(state.HardState with { IsAdmitted = true });
        }
    }

    /// <summary>The founders that have recorded this incarnation as the first of its name.</summary>
    private IEnumerable<ProcessName> ConfirmedBy() =>
        state.Roster.Peers.Where(peer => peer.HasConfirmedUs && state.Founders.Contains(peer.Name)).Select(peer => peer.Name);

    /// <summary>
    /// Why this process does not campaign when its election timer ends. Empty if it may. It guards every campaign, and <see
    /// cref="Explain.Leader"/> reports it.
    /// </summary>
    public IEnumerable<string> Obstacles()
    {
        if (state.HardState.Fence is { } fence)
        {
            yield return Explain.Fenced(fence);
        }

        if (!state.IsAdmitted)
        {
            var needed = QuorumSize.MajorityOf(state.Founders.Length - 1);
            yield return $"this process may not vote yet: {needed} others must record it as the first of its name, and "
                + $"{Explain.Names(ConfirmedBy().ToList())} has";
        }

        if (state.ToldRemoved is { } told)
        {
            yield return Explain.ToldRemoved(told);
        }

        if (state.Durability.IsStalled)
        {
            yield return state.Durability.IsReadStalled
                ? "the disk of this process does not answer a read"
                : Explain.DiskOutstanding(state.Durability.Done, state.Durability.Asked);
        }

        if (!IsNeededAsLeader())
        {
            yield return $"this process does not vote; {Explain.Names(state.Configuration.Electorate().ToList())} elect a leader";
        }

        if (state.Election.LogRefusedAt is { } refusedAt && state.Now - refusedAt < state.Options.GoneTicks)
        {
            var left = state.Options.GoneTicks - (state.Now - refusedAt);
            yield return $"a majority refused the log of this process; it does not campaign for another {left} ticks";
        }

        if (!state.IsFounding && state.Configurations.IsEmpty)
        {
            yield return Explain.NoConfiguration;
        }
    }

    /// <summary>Tells whether this process votes, or voted under the configuration before while the latest may be truncated.</summary>
    /// <remarks>
    /// The voters of an uncommitted configuration may lack it, and so have a shorter log. Then only a process that it removes can lead,
    /// commit it without counting itself, and transfer the leadership (thesis §4.2.2, Figure 4.6). The same holds for a learner with a
    /// longer log than a candidate that counts on its vote, because that candidate cannot win against its log.
    /// </remarks>
    private bool IsNeededAsLeader() =>
        state.Configuration.IsVoter(state.Self)
        || (state.CommitIndex < state.Configurations.LatestIndex
            && state.Configurations.BeforeLatest?.IsVoter(state.Self) == true)
        || (state.Election.ShorterLogRefusedAt is { } at && state.Now - at < 2L * state.Options.ElectionTimeoutMaxTicks);
}
