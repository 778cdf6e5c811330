using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>This process leads: what it appends, and whether it still has a majority behind it.</content>
public sealed partial class RaftCore
{
    private void StartLeading()
    {
        Invariant.That(_hardState.VotedFor == Self, "who leads a term voted for itself in it");
        Invariant.That(_hardStateTicket <= _durableTicket, "a term and a vote are durable before anything is built on them");
        var leader = new LeaderRole(_log.LastPosition.Serial);
        _role = leader;
        if (_configurations.IsEmpty)
        {
            AppendOwn(new Payload.Reconfigure(FoundGroup()));
        }
        else
        {
            leader.Track(Configuration, Self, _log.Last.Next, _now);
            AppendOwn(Payload.NoOp.Instance); // §8: what came before is committed with it.
        }

        Broadcast();
    }

    private void OnPropose(ImmutableArray<Payload.Pair> pairs)
    {
        foreach (var pair in pairs)
        {
            if (_role is LeaderRole)
            {
                var entry = AppendOwn(pair);
                if (pair.Request is { } request)
                {
                    _effects.Add(new Effect.Accepted(request, entry.Index, entry.Term, entry.Serial));
                }
            }
            else if (pair.Request is { } request)
            {
                _effects.Add(new Effect.Rejected(request));
            }
        }

        Broadcast();
    }

    private LogEntry AppendOwn(Payload payload)
    {
        var before = _log.LastPosition;
        var entry = new LogEntry(before.Index.Next, Term, payload is Payload.Pair ? before.Serial.Next : before.Serial, payload);
        Append(entry);
        if (payload is Payload.Reconfigure(var configuration))
        {
            ((LeaderRole)_role).Track(configuration, Self, entry.Index, _now);
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

        if (_now % Options.HeartbeatTicks == 0)
        {
            foreach (var progress in leader.Peers)
            {
                if (_now - progress.HeardAt >= Options.ElectionTimeoutMinTicks && !progress.IsProbing)
                {
                    progress.ProbeAgain();
                }

                SendHeartbeat(leader, progress);
            }
        }
    }

    /// <summary>Check-quorum: a leader that hears no majority for an election timeout makes room (thesis §6.2).</summary>
    private bool HasLostQuorum(LeaderRole leader)
    {
        bool? IsHeard(Member member) =>
            member == Self || (leader.Of(member) is { } progress && _now - progress.HeardAt < Options.ElectionTimeoutMaxTicks);
        return Majority.Result(Configuration, IsHeard) != VoteResult.Won;
    }
}
