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
    /// Of two processes that ask at the same time the better one goes first, so that they do not split the votes. This holds for the first
    /// campaign only: the better one may hear too few to win, and must not block one that hears them all.
    /// </summary>
    private bool YieldsToBetter => state.Role is PreCandidateRole && state.Timer.Campaigns == 1;

    private bool MayCampaign => !Obstacles().Any();

    /// <summary>A majority of the other founders has recorded this incarnation as the first of its name.</summary>
    private bool IsConfirmed =>
        !state.Options.IsJoining && ConfirmedBy().Count() >= QuorumSize.MajorityOf(state.Founders.Length - 1);

    /// <summary>The election timer expired, if it did: campaigns, unless an obstacle stands in the way.</summary>
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
            // It asks no more, so no other process yields to it.
            roles.Become(new FollowerRole(null, default));
        }
    }

    /// <summary>
    /// The connection to a process closed. If it is the leader, this process campaigns early, in turn with the others, and decides again
    /// the requests that it refused for the leader's sake.
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
            // No safety rests on stickiness alone. This process saw the connection close, so only a promise binds it.
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
    /// Another process has greeted. If the timer of a founder ran out meanwhile, a new timeout starts. Otherwise the founders that waited
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

        // While the term stays the same, a vote in it counts however late it comes (§5.2): no other process can have it.
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

    /// <summary>A candidate asks for a vote or a pre-vote.</summary>
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
            // Its term does not count either. So a process that was cut off cannot depose a leader that the others hear (thesis §4.2.3).
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
            // Only a granted vote puts off this process's own campaign (Figure 2). Otherwise a candidate whose log cannot win could keep
            // others from campaigning by asking again and again.
            state.Timer.Restore(hasLed ? state.Timer.DueAt : dueAt);
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

    /// <summary>Answers the requests that could not be granted when they came.</summary>
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
    /// Answers, when the promise ends, the requests that were refused for it. When the promises of earlier starts are over, a later start
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

    /// <summary>A voter answers.</summary>
    public void OnRequestVoteReply(Envelope envelope, Message.RequestVoteReply reply)
    {
        var isPreVoteGrant = reply is { IsPreVote: true, Granted: true };
        if (!isPreVoteGrant && envelope.Term > state.Term)
        {
            roles.Follow(envelope.Term, null);
        }
        else if (reply.Asked != state.HardState.Boot)
        {
            // A former life asked, which a restored disk has forgotten: its vote and its log were other ones.
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

    /// <summary>A write is durable: the candidate's own vote may count now, and a campaign that waited for the disk may start.</summary>
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

    /// <summary>A candidate has the votes of a majority.</summary>
    private void Lead(CandidateRole candidacy)
    {
        Invariant.That(state.HardState.VotedFor == state.Self, "a leader has voted for itself in its term");
        Invariant.That(candidacy.OwnVote <= state.Durability.Done, "term and vote are durable before anything is built on them");
        var leader = new LeaderRole(state.Log.LastPosition.Serial, candidacy.Ballot.Granted())
        {
            Keeper = new QuorumKeeper(state.Now, state.CommitIndex),
        };
        roles.Become(leader);
        leader.Open.Rebuild(state.Log.From(state.CommitIndex.Next));
        if (state.Configurations.IsEmpty)
        {
            membership.Decide(founding.Configuration(), "the group is founded");
            return;
        }

        // A member that the latest configuration removed may not know so yet.
        var next = state.Log.Last.Next;
        leader.Track(state.Configurations.BeforeLatest ?? state.Configuration, state.Self, next, state.Now);
        leader.Track(state.Configuration, state.Self, next, state.Now);
        // §8: an entry of its own commits those of earlier terms.
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
    /// The leader of this term transfers its leadership to this process (thesis §3.10). No pre-vote is needed: only one process is told. A
    /// message of an earlier term is void, since another election was held meanwhile.
    /// </summary>
    public void OnTimeoutNow(Envelope envelope)
    {
        if (envelope.Term == state.Term && envelope.From == state.Leader && MayCampaign)
        {
            StartElection(isTransfer: true);
        }
    }

    /// <summary>A process that has committed a configuration without this one says so.</summary>
    public void OnToldRemoved()
    {
        state.Election.ToldRemoved = (state.Configurations.LatestIndex, state.Now);
        if (state.Role is PreCandidateRole or CandidateRole)
        {
            roles.StepDown();
        }
    }

    /// <summary>
    /// Admits this incarnation once the other founders have confirmed it; a committed configuration that holds it admits it too
    /// (<see cref="Commitment.Set"/>). Then no other incarnation of this process can have voted, or be counted, in its place. Majorities
    /// intersect only among the same processes, so only the founding roster confirms. A joining process waits for the configuration.
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
    /// Why this process does not campaign when its election timer expires; empty if it may. The guard of every campaign, and what
    /// <see cref="Explain.Leader"/> tells.
    /// </summary>
    public IEnumerable<Reason> Obstacles()
    {
        if (state.HardState.Fence is { } fence)
        {
            yield return new Reason.Fenced(fence);
        }

        if (!state.IsAdmitted)
        {
            var needed = QuorumSize.MajorityOf(state.Founders.Length - 1);
            yield return new Reason.NotAdmitted(needed, [.. ConfirmedBy()]);
        }

        if (state.ToldRemoved is { } told)
        {
            yield return told;
        }

        if (state.Durability.IsStalled)
        {
            yield return state.Durability.IsReadStalled
                ? Reason.ReadOutstanding.Instance
                : new Reason.DiskOutstanding(state.Durability.Done, state.Durability.Asked);
        }

        if (!IsNeededAsLeader())
        {
            yield return new Reason.NoVoter([.. state.Configuration.Electorate()]);
        }

        if (state.Election.LogRefusedAt is { } refusedAt && state.Now - refusedAt < state.Options.GoneTicks)
        {
            yield return new Reason.LogRefused(state.Options.GoneTicks - (state.Now - refusedAt));
        }

        if (!state.IsFounding && state.Configurations.IsEmpty)
        {
            yield return new Reason.NoConfiguration();
        }
    }

    /// <summary>
    /// Whether this process votes, or voted under the configuration before while the latest may be truncated.
    /// </summary>
    /// <remarks>
    /// The voters of an uncommitted configuration may lack it, and so have a shorter log. Then only a process that it removes can lead,
    /// commit it without counting itself, and hand over (thesis §4.2.2, Figure 4.6). The same holds for a learner whose log is longer than
    /// that of a candidate that counts on its vote: no other process gets past its log.
    /// </remarks>
    private bool IsNeededAsLeader() =>
        state.Configuration.IsVoter(state.Self)
        || (state.CommitIndex < state.Configurations.LatestIndex
            && state.Configurations.BeforeLatest?.IsVoter(state.Self) == true)
        || (state.Election.ShorterLogRefusedAt is { } at && state.Now - at < 2L * state.Options.ElectionTimeoutMaxTicks);
}
