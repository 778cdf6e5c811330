using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>Why a process is no quorum member. The leader knows most of it.</content>
public sealed partial class RaftCore
{
    /// <summary>Why does this process, or another one, not vote? Empty if it does, unless the leader is about to exchange it.</summary>
    public ImmutableArray<Reason> ExplainMembership(ProcessName? of = null)
    {
        var name = of ?? Self.Name;
        if (IsOutside && name == Self.Name)
        {
            return [new Reason.NotTakenIn()];
        }

        if (_configurations.IsEmpty)
        {
            return [new Reason.FoundingNotOver()];
        }

        if (!Configuration.HasName(name))
        {
            return [new Reason.NotInRoster(name)];
        }

        var current = name == Self.Name ? Self.Incarnation : PeerOf(name)?.Current ?? Incarnation.None;
        var counted = Configuration.Voters.FirstOrDefault(voter => voter.Name == name);
        var isCounted = counted != default && (current == Incarnation.None || counted.Incarnation == current);
        var reasons = ImmutableArray.CreateBuilder<Reason>();
        if (Configuration.IsJoint || CommitIndex < _configurations.LatestIndex)
        {
            reasons.Add(new Reason.ChangeUnderWay(_configurations.LatestIndex));
        }

        if (name == Self.Name && IsToldRemoved)
        {
            reasons.Add(ToldRemoved());
        }

        if (counted == default && !Configuration.Learners.Any(learner => learner.Name == name))
        {
            reasons.Add(new Reason.Leaving(name));
        }
        else if (counted != default && counted.Incarnation == Incarnation.None)
        {
            reasons.Add(new Reason.NotMet(name));
        }
        else if (!isCounted)
        {
            ExplainLearner(reasons, name, counted);
        }
        else if (_role is LeaderRole leader && leader.Of(counted) is { } progress)
        {
            ExplainLag(reasons, leader, progress);
        }

        return reasons.DrainToImmutable();
    }

    /// <summary>A lag that ends sooner than a learner becomes stable is no news.</summary>
    private void ExplainLag(ImmutableArray<Reason>.Builder reasons, LeaderRole leader, Progress progress)
    {
        var lagged = leader.Keeper.LaggedFor(progress.Member);
        if (Options.KeepsQuorum && lagged > Options.StableTicks)
        {
            reasons.Add(new Reason.Lagging(progress.Match, CommitIndex, lagged, Math.Max(0, Options.GoneTicks - lagged)));
        }
    }

    private void ExplainLearner(ImmutableArray<Reason>.Builder reasons, ProcessName name, Member counted)
    {
        if (counted != default)
        {
            reasons.Add(new Reason.OtherLife(counted));
        }
        else if (Configuration.Voters.Length >= Configuration.Size)
        {
            reasons.Add(new Reason.QuorumFull(Configuration.Voters));
        }

        var member = Configuration.Learners.LastOrDefault(learner => learner.Name == name);
        if (member.Incarnation == Incarnation.None)
        {
            reasons.Add(new Reason.NotMet(name));
        }
        else if (_role is LeaderRole leader)
        {
            ExplainNotPromoted(reasons, leader, member);
        }
        else
        {
            reasons.Add(new Reason.LeaderDecides(Leader));
        }
    }

    private void ExplainNotPromoted(ImmutableArray<Reason>.Builder reasons, LeaderRole leader, Member member)
    {
        if (leader.Of(member) is { State: ProgressState.Refused })
        {
            reasons.Add(new Reason.RefusedLog(member, PeerOf(member.Name)?.PartsAt));
            return;
        }

        var match = leader.Of(member)?.Match ?? LogIndex.Zero;
        if (match < CommitIndex)
        {
            reasons.Add(new Reason.NotCaughtUp(match, CommitIndex));
        }

        var fitFor = leader.Keeper.FitSince(member) is { } since ? _now - since : 0;
        var rest = leader.Keeper.QuietSince is { } quietSince ? Options.StableTicks - (_now - quietSince) : Options.StableTicks;
        if (!Options.KeepsQuorum)
        {
            reasons.Add(new Reason.QuorumNotKept());
        }
        else if (fitFor < Options.StableTicks)
        {
            reasons.Add(new Reason.NotStable(Options.StableTicks - fitFor));
        }
        else if (rest > 0)
        {
            reasons.Add(new Reason.QuorumAtRest(rest));
        }
        else if (Configuration.Voters.Length < Configuration.Size)
        {
            reasons.Add(new Reason.NeedsAnother(Configuration.Voters.Length, Configuration.Size));
        }
    }
}
