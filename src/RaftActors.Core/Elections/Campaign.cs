namespace RaftActors.Core;

/// <summary>This process asks for votes (§5.2), after a pre-vote has shown that it could win (thesis §9.6).</summary>
internal sealed class Campaign(RaftState state, RoleChanges roles, Founding founding, Voting voting, Leading leading)
{
    private bool MayCampaign => !Obstacles().Any();

    /// <summary>
    /// Of two processes that ask at the same time the better one goes first, so that they do not split the votes. This holds for the first
    /// campaign only: the better one may hear too few to win, and must not block one that hears them all.
    /// </summary>
    public static bool YieldsToBetter(RaftState state) => state.Role is PreCandidateRole && state.Timer.Campaigns == 1;

    /// <summary>
    /// Why this process does not campaign when its election timer expires; empty if it may. The guard of every campaign, and what
    /// <see cref="RaftCore.ExplainLeader"/> tells.
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
            yield return new Reason.NotAdmitted(needed, [.. Admission.ConfirmedBy(state)]);
        }

        if (state.ToldRemoved is { } told)
        {
            yield return told;
        }

        if (state.Durability.IsStalled)
        {
            yield return new Reason.DiskOutstanding(state.Durability.Done, state.Durability.Asked);
        }

        if (!IsNeededAsLeader())
        {
            yield return new Reason.NoVoter([.. state.Configuration.Electorate()]);
        }

        if (state.Gate.LogRefusedAt is { } refusedAt && state.Now - refusedAt < state.Options.GoneTicks)
        {
            yield return new Reason.LogRefused(state.Options.GoneTicks - (state.Now - refusedAt));
        }

        if (!state.IsFounding && state.Configurations.IsEmpty)
        {
            yield return new Reason.NoConfiguration();
        }
    }

    /// <summary>The election timer expired, if it did: campaigns, unless an obstacle stands in the way.</summary>
    public void OnTick()
    {
        if (!state.Timer.IsDue)
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
    }

    /// <summary>
    /// The connection to a process closed. If it is the leader, this process campaigns early, in turn with the others, and judges again
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
            if (state.Options.Lease is null)
            {
                // Without leases no safety rests on stickiness. This process saw the connection close, so it is free at once.
                state.Contact.StickyUntil = state.Now;
            }

            var turn = state.Configuration.Electorate().Count(voter => voter != leader && voter.CompareTo(state.Self) < 0);
            state.Timer.Hasten(Math.Max(state.Now, state.Contact.StickyUntil) + (turn * state.Options.HintStaggerTicks));
            if (!state.IsBound)
            {
                voting.JudgeKeptRequests();
            }

            OnTick();
        }

        state.Founding.MayCampaignAtOnce |= state.Founding.IsDue;
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
        state.Gate.ToldRemoved = (state.Configurations.LatestIndex, state.Now);
        if (state.Role is PreCandidateRole or CandidateRole)
        {
            roles.StepDown();
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
    public void Settle()
    {
        if (founding.ShouldCampaign())
        {
            Start();
        }

        if (state.Candidacy is { } candidacy && candidacy.Ballot.Result(state.Configuration) == VoteResult.Won)
        {
            leading.Start(candidacy);
        }
        else if (state.Role is PreCandidateRole asking && asking.Ballot.Result(state.Configuration) == VoteResult.Won)
        {
            StartElection(isTransfer: false);
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
        || (state.Gate.ShorterLogRefusedAt is { } at && state.Now - at < 2L * state.Options.ElectionTimeoutMaxTicks);

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
}
