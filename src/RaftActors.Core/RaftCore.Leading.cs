namespace RaftActors.Core;

/// <content>This process leads: what it appends, and whether it still has a majority behind it.</content>
public sealed partial class RaftCore
{
    private void StartLeading(CandidateRole candidacy)
    {
        Invariant.That(_hardState.VotedFor == Self, "who leads a term voted for itself in it");
        Invariant.That(candidacy.OwnVote <= _durableTicket, "a term and a vote are durable before anything is built on them");
        var leader = new LeaderRole(_log.LastPosition.Serial, candidacy.Ballot.Granted());
        Become(leader);
        _candidacies = 0;
        leader.Open.Rebuild(_log.From(CommitIndex.Next));
        if (_configurations.IsEmpty)
        {
            Decide(FoundGroup(), "the group is founded");
        }
        else
        {
            // Whom the latest configuration removed may not know it yet.
            leader.Track(_configurations.BeforeLatest ?? Configuration, Self, _log.Last.Next, _now);
            leader.Track(Configuration, Self, _log.Last.Next, _now);
            if (Options.Variations.NoOp)
            {
                AppendOwn(Payload.NoOp.Instance); // §8: what came before is committed with it.
            }
        }
    }

    private LogEntry AppendOwn(Payload payload)
    {
        var before = _log.LastPosition;
        var entry = new LogEntry(before.Index.Next, Term, payload is Payload.Pair ? before.Serial.Next : before.Serial, payload);
        Append(entry);
        var leader = (LeaderRole)_role;
        leader.Open.Append(payload);
        if (payload is Payload.Reconfigure(var configuration))
        {
            leader.Track(configuration, Self, entry.Index, _now);
            leader.Lease.Drop();
        }

        return entry;
    }

    private void OnLeaderTick(LeaderRole leader)
    {
        if (HasLostQuorum(leader))
        {
            Follow(Term, null);
            _leaderHeardAt = long.MinValue / 2; // A leader knows at once what the others find out by silence.
            return;
        }

        if (MakesRoomForStalledDisk(leader))
        {
            return;
        }

        if (_now % Options.HeartbeatTicks == 0)
        {
            EndFarewells(leader);
            JudgeDiverged(leader, reportsDisputes: true);
            if (_role != leader)
            {
                return;
            }

            RenewLease(leader);
            foreach (var progress in leader.Peers)
            {
                if (_now - progress.HeardAt >= Options.ElectionTimeoutMinTicks && progress.State == ProgressState.Replicating)
                {
                    progress.ProbeAgain(_log.Base.Index);
                }

                SendHeartbeat(progress);
            }

            KeepQuorum(leader);
            TellTarget(leader);
            ConsiderPriority(leader);
        }
    }

    /// <summary>Check-quorum: a leader that hears no majority for an election timeout makes room (thesis §6.2).</summary>
    private bool HasLostQuorum(LeaderRole leader)
    {
        var patience = Options.ElectionTimeoutMaxTicks + DiskPatience;
        bool? IsHeard(Member member) => member == Self || (leader.Of(member) is { } progress && _now - progress.HeardAt < patience);
        return Options.Variations.CheckQuorum && Majority.Result(Configuration, IsHeard) != VoteResult.Won;
    }
}
