namespace RaftActors.Core;

/// <summary>
/// Linearizable reads (§8, thesis §6.4), and leases, which answer them without a round of messages (thesis §6.4.1). With its answer to a
/// round, a voter tells for how long it elects no other leader. No hint and no restart shortens that.
/// </summary>
internal sealed class Reads(RaftState state)
{
    public void OnRead(ReadId id, bool mayUseLease)
    {
        switch (state.Role)
        {
            case LeaderRole leader:
                leader.Rounds.Add(new PendingRead(null, id, mayUseLease));
                break;
            case FollowerRole { Leader: not null } follower:
                follower.Reads.Add(new PendingRead(null, id, mayUseLease));
                AskLeader(follower);
                break;
            default:
                state.Effects.Add(new Effect.ReadFailed(id));
                break;
        }
    }

    /// <summary>
    /// Asks one question for all waiting reads. No start reuses a number of another start, so a late answer to an older question, which
    /// would be too old, matches none. The numbers begin at the random mark of the start, because two starts from copies of one disk have
    /// the same boot number.
    /// </summary>
    private void AskLeader(FollowerRole follower)
    {
        if (follower.Reads is { IsUnderWay: false, HasWaiting: true } reads)
        {
            var number = (long)(state.HardState.Boot.Mark >> 2) + ++state.ReadQuestions;
            var mayUseLease = state.Options.Lease is null || reads.MayUseLease;
            reads.Start(number, LogIndex.Zero, state.Clock);
            state.Send(follower.Leader!.Value, new Message.ReadIndex(new ReadId(number), mayUseLease));
        }
    }

    public void OnReadIndex(Envelope envelope, Message.ReadIndex question)
    {
        if (state.Role is LeaderRole leader)
        {
            leader.Rounds.Add(new PendingRead(envelope.From, question.Id, question.MayUseLease));
        }
        else
        {
            state.Send(envelope.From, new Message.ReadIndexReply(question.Id, null));
        }
    }

    /// <summary>
    /// Ends the open round if it is confirmed, answers by the lease, or begins the next round. A new leader knows the group's commit index
    /// only when an entry of its own term is committed (thesis §6.4, step 1).
    /// </summary>
    public void Advance()
    {
        if (state.Role is not LeaderRole leader)
        {
            return;
        }

        EndConfirmedRound(leader);
        if (!leader.Rounds.HasWaiting || !state.IsReady)
        {
            return;
        }

        if (leader.Lease.Holds(state.Clock.Instant))
        {
            Answer(leader.Rounds.TakeForLease(), state.CommitIndex);
        }

        if (leader.Rounds.HasWaiting && !leader.Rounds.IsUnderWay)
        {
            StartRound(leader);
            EndConfirmedRound(leader); // A leader that is the only voter confirms its own round.
        }
    }

    /// <summary>
    /// Ends a round that a majority of each set of voters in force has answered. This process is one of them only if it votes. A change of
    /// the voters may confirm a round, too.
    /// </summary>
    private void EndConfirmedRound(LeaderRole leader)
    {
        if (leader.Rounds.IsUnderWay && IsConfirmed(leader))
        {
            ExtendLease(leader);
            Answer(leader.Rounds.Finish(), leader.Rounds.Index);
        }
    }

    // A method of its own, so that a step without a round makes no closure.
    private bool IsConfirmed(LeaderRole leader)
    {
        bool HasAnswered(Member member) => member == state.Self || leader.Of(member)?.Round == leader.Rounds.Latest;
        return Majority.Holds(state.Configuration, HasAnswered);
    }

    /// <summary>
    /// Notes that a voter answered a message of a round. It had not gone on to another term by then, whether it accepted the entries or
    /// not. A process that may not vote does not count, because another incarnation of it may have voted for another leader.
    /// </summary>
    public static void OnRoundReply(LeaderRole leader, Progress progress, long round, long promise)
    {
        if (leader.Rounds.IsUnderWay && progress.IsAdmitted && round > progress.Round)
        {
            (progress.Round, progress.Promise) = (round, promise);
        }
    }

    /// <summary>At each heartbeat: begins a new round if the one before was confirmed.</summary>
    public void RenewLease(LeaderRole leader)
    {
        if (state.Options.Lease is not null && state.IsReady && !leader.Rounds.IsUnderWay)
        {
            StartRound(leader);
        }
    }

    private void StartRound(LeaderRole leader) => leader.Rounds.Start(leader.Rounds.Latest + 1, state.CommitIndex, state.Clock);

    /// <summary>Extends the lease, because the voters that confirmed the round made their promises after it began.</summary>
    private void ExtendLease(LeaderRole leader)
    {
        if (state.Options.Lease is { } lease)
        {
            Invariant.That(leader.Rounds.StartedAt <= state.Clock.Instant, "a round begins before it is confirmed");
            leader.Lease.Renew(EndOfPromise(leader.Rounds.StartedAt, LeastPromise(leader), lease));
        }
    }

    /// <summary>
    /// Returns the shortest promise of the voters that confirmed the round, because each of them may have other settings. The leader keeps
    /// its own while it leads, which bounds the lease if it is the only voter.
    /// </summary>
    private long LeastPromise(LeaderRole leader)
    {
        var least = state.Options.Promise;
        foreach (var progress in leader.Progresses)
        {
            if (progress.Round == leader.Rounds.Latest && state.Configuration.IsVoter(progress.Member))
            {
                least = Math.Min(least, progress.Promise);
            }
        }

        return least;
    }

    /// <summary>
    /// Returns the end of a promise. Only the first tick of a promise may be early, even if ticks were late, because a voter counts all
    /// passed ticks before it takes the message for which it promises (<see cref="Input.Tick"/>). But its clock may run faster than the
    /// leader's.
    /// </summary>
    private static TimeSpan EndOfPromise(TimeSpan start, long promise, LeaseOptions lease) =>
        start + TimeSpan.FromMicroseconds(promise * (100 - lease.MaxDriftPercent) / 100);

    public void OnReadIndexReply(Envelope envelope, Message.ReadIndexReply reply)
    {
        if (state.Role is FollowerRole { Reads.IsUnderWay: true } follower
            && follower.Leader == envelope.From
            && follower.Reads.Latest == reply.Id.Value)
        {
            FinishQuestion(follower, reply.Index);
        }
    }

    private void FinishQuestion(FollowerRole follower, LogIndex? index)
    {
        Answer(follower.Reads.Finish(), index);
        AskLeader(follower);
    }

    /// <summary>Gives up a question that the leader has not answered for the longest election timeout.</summary>
    public void OnTick()
    {
        if (state.Role is FollowerRole { Reads.IsUnderWay: true } follower
            && state.Now - follower.Reads.AskedAt >= state.Options.ElectionTimeoutMaxTicks)
        {
            FinishQuestion(follower, null);
        }
    }

    /// <summary>Fails all reads of a role that ends.</summary>
    public void Fail(Role role)
    {
        if (((role as LeaderRole)?.Rounds ?? (role as FollowerRole)?.Reads) is { } reads)
        {
            Answer(reads.Finish(), null);
            Answer(reads.TakeWaiting(), null);
        }
    }

    private void Answer(IReadOnlyList<PendingRead> reads, LogIndex? index)
    {
        foreach (var (asker, id, _) in reads)
        {
            if (asker is { } member)
            {
                state.Send(member, new Message.ReadIndexReply(id, index));
                AwaitNotice(member, index);
            }
            else
            {
                state.Effects.Add(index is { } at ? new Effect.ReadReady(id, at) : new Effect.ReadFailed(id));
            }
        }
    }

    /// <summary>Has the asker notified once everything up to the index is committed.</summary>
    private void AwaitNotice(Member asker, LogIndex? index)
    {
        if (index is { } at && state.Role is LeaderRole leader)
        {
            leader.Of(asker)?.Notices.Await(at);
        }
    }
}
