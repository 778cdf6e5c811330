using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Answers why a process is no quorum member. The leader knows most of it. Changes nothing.</summary>
internal sealed class MembershipExplanation(RaftState state, FailureDomains domains)
{
    /// <summary>See <see cref="RaftCore.ExplainMembership"/>.</summary>
    public ImmutableArray<Reason> Explain(ProcessName name) => state switch
    {
        { IsOutside: true } when name == state.Self.Name => [new Reason.NotTakenIn()],
        { IsFounding: true } => [new Reason.FoundingNotOver()],
        { Configurations.IsEmpty: true } => [new Reason.NoConfiguration()],
        _ when !state.Configuration.HasName(name) => [new Reason.NotInRoster(name)],
        _ => [.. Why(name)],
    };

    private IEnumerable<Reason> Why(ProcessName name)
    {
        var configuration = state.Configuration;
        var current = name == state.Self.Name
            ? state.Self.Incarnation
            : state.Roster.Of(name)?.Current ?? Incarnation.None;
        var voter = configuration.Voters.FirstOrDefault(one => one.Name == name);
        var isCounted = voter != default && (current == Incarnation.None || voter.Incarnation == current);
        if (configuration.IsJoint || state.CommitIndex < state.Configurations.LatestIndex)
        {
            yield return new Reason.ChangeUnderWay(state.Configurations.LatestIndex);
        }

        if (name == state.Self.Name && state.ToldRemoved is { } told)
        {
            yield return told;
        }

        if (voter == default && !configuration.Learners.Any(learner => learner.Name == name))
        {
            yield return new Reason.Leaving(name);
        }
        else if (voter != default && voter.Incarnation == Incarnation.None)
        {
            yield return new Reason.NotMet(name);
        }
        else if (!isCounted)
        {
            foreach (var reason in WhyLearner(name, voter))
            {
                yield return reason;
            }
        }
        else if (WhyLagging(voter) is { } lag)
        {
            yield return lag;
        }

        if (isCounted && domains.Of(name) is { Length: > 0 } domain && domains.Crowded(configuration.Voters) == domain)
        {
            yield return new Reason.DomainCrowded(domain, [.. configuration.Voters.Where(one => domains.Of(one.Name) == domain)]);
        }
    }

    /// <summary>A lag shorter than <see cref="CoreOptions.StableTicks"/> is not worth telling.</summary>
    private Reason.Lagging? WhyLagging(Member voter)
    {
        if (state.Role is not LeaderRole leader || leader.Of(voter) is not { } progress)
        {
            return null;
        }

        var lagged = leader.Keeper.LaggedFor(progress.Member);
        return state.Options.KeepsQuorum && lagged > state.Options.StableTicks
            ? new Reason.Lagging(progress.Match, state.CommitIndex, lagged, Math.Max(0, state.Options.GoneTicks - lagged))
            : null;
    }

    private IEnumerable<Reason> WhyLearner(ProcessName name, Member voter)
    {
        var configuration = state.Configuration;
        if (voter != default)
        {
            yield return new Reason.OtherIncarnation(voter);
        }
        else if (configuration.Voters.Length >= configuration.Size)
        {
            yield return new Reason.QuorumFull(configuration.Voters);
        }

        var learner = configuration.Learners.LastOrDefault(one => one.Name == name);
        if (learner.Incarnation == Incarnation.None)
        {
            yield return new Reason.NotMet(name);
        }
        else if (state.Role is not LeaderRole leader)
        {
            yield return new Reason.LeaderDecides(state.Leader);
        }
        else if (leader.Of(learner) is { State: ProgressState.Refused })
        {
            yield return new Reason.RefusedLog(learner, state.Roster.Of(learner.Name)?.DivergesAt);
        }
        else
        {
            foreach (var reason in WhyNotPromoted(leader, learner))
            {
                yield return reason;
            }
        }
    }

    private IEnumerable<Reason> WhyNotPromoted(LeaderRole leader, Member learner)
    {
        var match = leader.Of(learner)?.Match ?? LogIndex.Zero;
        if (match < state.CommitIndex)
        {
            yield return new Reason.NotCaughtUp(match, state.CommitIndex);
        }

        var (options, configuration) = (state.Options, state.Configuration);
        var fitFor = leader.Keeper.FitSince(learner) is { } since ? state.Now - since : 0;
        var quietFor = state.Now - leader.Keeper.QuietSince;
        if (!options.KeepsQuorum)
        {
            yield return new Reason.QuorumNotKept();
        }
        else if (leader.Keeper.RequiredTicks(learner, options) is var required && fitFor < required)
        {
            yield return new Reason.NotStable(required - fitFor, LostVote: required > options.StableTicks);
        }
        else if (quietFor < options.StableTicks)
        {
            yield return new Reason.QuorumAtRest(options.StableTicks - quietFor);
        }
        else if (configuration.Voters.Length < configuration.Size)
        {
            yield return new Reason.NeedsAnother(configuration.Voters.Length, configuration.Size);
        }
    }
}
