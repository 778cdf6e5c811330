using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>
/// Why nothing happens: questions that people ask of a process, answered from its state and changing nothing. Empty if nothing stands in
/// the way.
/// </content>
public sealed partial class RaftCore
{
    /// <summary>Why is there no leader, or none that is ready?</summary>
    public ImmutableArray<Reason> ExplainLeader()
    {
        var reasons = ImmutableArray.CreateBuilder<Reason>();
        switch (_role)
        {
            case var _ when _hardState.Fence is { } fence:
                reasons.Add(new Reason.Fenced(fence));
                break;
            case LeaderRole or FollowerRole { Leader: not null }:
                ExplainNotReady(reasons, Leader!.Value);
                break;
            case var _ when IsOutside:
                reasons.Add(new Reason.NotTakenIn());
                break;
            default:
                ExplainNoLeader(reasons);
                break;
        }

        return reasons.DrainToImmutable();
    }

    /// <summary>Why is this serial not committed?</summary>
    public ImmutableArray<Reason> ExplainSerial(Serial serial)
    {
        if (serial <= _log.PositionAt(CommitIndex).Serial)
        {
            return [];
        }

        if (serial > _log.LastPosition.Serial)
        {
            return [new Reason.NotInLog(_log.LastPosition.Serial)];
        }

        var index = CommitIndex.Next;
        while (_log.PositionAt(index).Serial < serial)
        {
            index = index.Next;
        }

        var reasons = ImmutableArray.CreateBuilder<Reason>();
        if (_role is LeaderRole leader)
        {
            ExplainUncommitted(reasons, leader, index);
        }
        else
        {
            reasons.Add(new Reason.CommitNotHeard(Leader, CommitIndex));
        }

        if (index > _log.Durable)
        {
            reasons.Add(new Reason.DiskOutstanding(_durableTicket, _lastTicket));
        }

        return reasons.DrainToImmutable();
    }

    private void ExplainNotReady(ImmutableArray<Reason>.Builder reasons, Member leader)
    {
        if (!IsReady)
        {
            reasons.Add(new Reason.LeaderNotReady(leader));
            if (_role is LeaderRole own)
            {
                ExplainUncommitted(reasons, own, CommitIndex.Next);
            }
        }

        // The gap between two heartbeats is no silence.
        var silence = _role is LeaderRole ? 0 : _now - _leaderHeardAt;
        if (silence > 2L * Options.HeartbeatTicks)
        {
            reasons.Add(new Reason.LeaderSilent(leader, silence, Math.Max(0, _stickyUntil - _now)));
        }
    }

    private void ExplainNoLeader(ImmutableArray<Reason>.Builder reasons)
    {
        if (IsRemoved)
        {
            reasons.Add(new Reason.NotInRoster(Self.Name));
            return;
        }

        if (!IsAdmitted)
        {
            reasons.Add(new Reason.NotAdmitted(QuorumSize.MajorityOf(Founders.Length - 1), [.. ConfirmedBy()]));
        }

        if (IsToldRemoved)
        {
            reasons.Add(ToldRemoved());
        }

        if (_durableTicket < _hardStateTicket)
        {
            reasons.Add(new Reason.DiskOutstanding(_durableTicket, _hardStateTicket));
        }

        if (IsFounding)
        {
            ExplainFounding(reasons);
        }

        ExplainElection(reasons);
    }

    private Reason.ToldRemoved ToldRemoved() => new(Options.GoneTicks - (_now - _toldRemoved!.Value.At));

    private void ExplainFounding(ImmutableArray<Reason>.Builder reasons)
    {
        if (!_isFoundingDue)
        {
            ImmutableArray<ProcessName> missing = [.. _peers.Where(peer => !IsHeard(peer)).Select(peer => peer.Name)];
            reasons.Add(new Reason.FoundingWaits(missing, Options.FoundingTimeoutTicks - _now));
        }

        if (_peers.FirstOrDefault(peer => IsThere(peer) && (peer.PartsAt is not null || DiffersFrom(peer))) is { } disputed)
        {
            reasons.Add(new Reason.FoundingDisputed(disputed.Name));
        }
        else if (_peers.FirstOrDefault(IsBetterAndThere) is { } better)
        {
            reasons.Add(new Reason.FoundingLeftTo(better.Name));
        }
    }

    private void ExplainElection(ImmutableArray<Reason>.Builder reasons)
    {
        var others = Configuration.Electorate().Where(voter => voter != Self).ToList();
        if (!IsNeededAsLeader)
        {
            reasons.Add(new Reason.NoVoter([.. Configuration.Electorate()]));
        }

        var ballot = (_role as CandidateRole)?.Ballot ?? (_role as PreCandidateRole)?.Ballot;
        if (ballot is not null)
        {
            var term = _role is CandidateRole ? Term : Term.Next;
            ImmutableArray<Member> AnsweredWith(bool? answer) => [.. Configuration.Electorate().Where(voter => ballot.Of(voter) == answer)];
            reasons.Add(new Reason.VotesMissing(term, AnsweredWith(true), AnsweredWith(false), AnsweredWith(null)));
        }

        ImmutableArray<Member> silent = [.. others.Where(voter => !HasSpoken(voter))];
        if (!silent.IsEmpty)
        {
            reasons.Add(new Reason.VotersNotHeard(silent));
        }

        if (_peers.FirstOrDefault(peer => !_log.LastPosition.IsAtLeastAsUpToDateAs(peer.Farthest)) is { } ahead)
        {
            reasons.Add(new Reason.LogBehind(_log.LastPosition, ahead.Name, ahead.Farthest));
        }

        if (ballot is null && MayAsk && (!IsFounding || MayFoundOnTimeout))
        {
            reasons.Add(new Reason.ElectionNotDue(_electionAt - _now));
        }
    }

    private bool HasSpoken(Member voter) =>
        PeerOf(voter.Name) is { SpokeAt: { } at } peer && peer.Member == voter && _now - at < Options.ElectionTimeoutMaxTicks;

    /// <summary>An entry of an earlier term is committed with the first one of the leader's own that follows it (§5.4.2).</summary>
    private void ExplainUncommitted(ImmutableArray<Reason>.Builder reasons, LeaderRole leader, LogIndex index)
    {
        var decisive = index;
        while (decisive <= _log.Last && _log.TermAt(decisive) != Term)
        {
            decisive = decisive.Next;
        }

        if (decisive != index)
        {
            reasons.Add(new Reason.OlderTerm(_log.TermAt(index), Term, decisive));
        }

        var isCounted = (Member member) => member == Self || leader.Of(member)?.IsAdmitted == true;
        var hasIt = (Member member) => (member == Self ? _log.Durable : leader.Of(member)?.Match ?? LogIndex.Zero) >= decisive;
        foreach (var voters in new[] { Configuration.Voters, Configuration.OldVoters })
        {
            ImmutableArray<Member> have = [.. voters.Where(voter => hasIt(voter) && isCounted(voter))];
            var needed = QuorumSize.MajorityOf(voters.Length);
            if (have.Length < needed)
            {
                reasons.Add(new Reason.DisksMissing(decisive, voters, needed, have));
            }
        }

        ImmutableArray<Member> notCounted = [.. Configuration.Electorate().Where(voter => hasIt(voter) && !isCounted(voter))];
        if (!notCounted.IsEmpty)
        {
            reasons.Add(new Reason.NotCounted(notCounted));
        }
    }
}
