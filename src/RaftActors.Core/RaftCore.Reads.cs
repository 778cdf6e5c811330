namespace RaftActors.Core;

/// <content>Reads that are never older than their question (§8, thesis §6.4).</content>
public sealed partial class RaftCore
{
    /// <summary>Questions that one start may ask: more than it ever will.</summary>
    private const long QuestionsPerBoot = 1_000_000_000_000;

    private long _questions;

    private void OnRead(ReadId id)
    {
        switch (_role)
        {
            case LeaderRole leader:
                leader.Rounds.Add(new ReadQuestion(null, id));
                break;
            case FollowerRole { Leader: not null } follower:
                follower.Reads.Add(id);
                AskLeader(follower);
                break;
            default:
                _effects.Add(new Effect.ReadFailed(id));
                break;
        }
    }

    private void OnReadIndex(Envelope envelope, Message.ReadIndex question)
    {
        if (_role is LeaderRole leader)
        {
            leader.Rounds.Add(new ReadQuestion(envelope.From, question.Id));
        }
        else
        {
            Send(envelope.From, new Message.ReadIndexReply(question.Id, null));
        }
    }

    /// <summary>
    /// Ends the round under way if it is confirmed, answers by the lease, or begins the next round. What is committed a new leader knows
    /// only when an entry of its own term is (thesis §6.4, step 1).
    /// </summary>
    private void ServeReads()
    {
        if (_role is not LeaderRole leader)
        {
            return;
        }

        EndConfirmedRound(leader);
        if (!leader.Rounds.HasWaiting || !IsReady)
        {
            return;
        }

        if (leader.Lease.Holds(_clock))
        {
            AnswerReads(leader.Rounds.TakeWaiting(), CommitIndex);
        }
        else if (!leader.Rounds.IsUnderWay)
        {
            leader.Rounds.Start(CommitIndex, _clock);
            EndConfirmedRound(leader); // A leader that is the only voter confirms its own round.
        }
    }

    /// <summary>
    /// A voter answered a message of that round: it had not gone on to another term then, whether it took the entries or not. One that may
    /// not vote is not counted, since another life of it may have voted for somebody else.
    /// </summary>
    private static void HearRound(LeaderRole leader, Progress progress, long round)
    {
        if (leader.Rounds.IsUnderWay && progress.IsAdmitted && round > progress.Round)
        {
            progress.Round = round;
        }
    }

    /// <summary>
    /// The round is over when a majority of each set of voters in force has answered it; this process is one of them only if it votes. A
    /// change of the voters may end it too.
    /// </summary>
    private void EndConfirmedRound(LeaderRole leader)
    {
        bool HasAnswered(Member member) => member == Self || leader.Of(member)?.Round == leader.Rounds.Latest;
        if (leader.Rounds.IsUnderWay && Majority.Holds(Configuration, HasAnswered))
        {
            TakePromise(leader);
            AnswerReads(leader.Rounds.Finish(), leader.Rounds.Index);
        }
    }

    private void AnswerReads(IReadOnlyList<ReadQuestion> questions, LogIndex? index)
    {
        foreach (var (asker, id) in questions)
        {
            if (asker is { } member)
            {
                Send(member, new Message.ReadIndexReply(id, index));
            }
            else
            {
                AnswerRead(id, index);
            }
        }
    }

    private void AnswerRead(ReadId id, LogIndex? index) =>
        _effects.Add(index is { } at ? new Effect.ReadReady(id, at) : new Effect.ReadFailed(id));

    /// <summary>
    /// One question for all that wait. Its number is never given twice, in this start or another: an answer that was meant for an older
    /// question would be older than ours.
    /// </summary>
    private void AskLeader(FollowerRole follower)
    {
        if (follower.Reads is { Question: null, HasWaiting: true } reads)
        {
            var question = new ReadId((_hardState.Boot.Number * QuestionsPerBoot) + ++_questions);
            reads.Ask(question, _now);
            Send(follower.Leader!.Value, new Message.ReadIndex(question));
        }
    }

    private void OnReadIndexReply(Envelope envelope, Message.ReadIndexReply reply)
    {
        if (_role is FollowerRole follower && follower.Leader == envelope.From && follower.Reads.Question == reply.Id)
        {
            FinishQuestion(follower, reply.Index);
        }
    }

    /// <summary>Who gets no answer for the longest election timeout will get none.</summary>
    private void GiveUpQuestionOnTick()
    {
        if (_role is FollowerRole { Reads.Question: not null } follower && _now - follower.Reads.AskedAt >= Options.ElectionTimeoutMaxTicks)
        {
            FinishQuestion(follower, null);
        }
    }

    private void FinishQuestion(FollowerRole follower, LogIndex? index)
    {
        foreach (var id in follower.Reads.Finish())
        {
            AnswerRead(id, index);
        }

        AskLeader(follower);
    }

    /// <summary>The role ends, and with it whatever it was asked.</summary>
    private void FailReads(Role role)
    {
        switch (role)
        {
            case LeaderRole leader:
                AnswerReads(leader.Rounds.Finish(), null);
                AnswerReads(leader.Rounds.TakeWaiting(), null);
                break;
            case FollowerRole follower:
                foreach (var id in follower.Reads.TakeAll())
                {
                    AnswerRead(id, null);
                }

                break;
        }
    }
}
