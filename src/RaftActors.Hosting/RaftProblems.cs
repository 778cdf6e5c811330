namespace RaftActors.Hosting;

/// <summary>What is wrong with a raft process, a sentence for people each: what the health checks say.</summary>
public static class RaftProblems
{
    /// <summary>The process has stopped, or needs a person.</summary>
    /// <param name="process">The state of the process.</param>
    public static IEnumerable<string> Of(RaftStatus process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Dead(process).Concat(Faults(process));
    }

    /// <summary>The process cannot serve again before its node restarts.</summary>
    internal static IEnumerable<string> Dead(RaftStatus process)
    {
        if (process.Failure is { } failure)
        {
            yield return $"{Name(process)} has stopped: {failure}";
        }
        else if (process is { IsOpen: true, Actor: null, HeldAt: null })
        {
            yield return $"{Name(process)} has no actor: it has stopped, and the log has the cause.";
        }
    }

    /// <summary>The process cannot serve now.</summary>
    internal static IEnumerable<string> NotReady(RaftStatus process) => Dead(process).Concat(process switch
    {
        { Failure: not null } => [],
        { IsOpen: false } => [$"{Name(process)} is still opening its store."],
        { Fence: { } fence } => [$"{Name(process)} is fenced: {fence}"],
        _ when !IsMember(process) =>
            [$"{Name(process)} is no member of its group: it was removed, or has not joined. Call Join, or stop it."],
        { HeldAt: { } held } => [$"{Name(process)} is behind: {held}"],
        { Leader: null } => [$"{Name(process)} knows no leader."],
        _ when process.Delivered < process.Committed =>
            [$"{Name(process)} has received the pairs up to serial {process.Delivered} of {process.Committed}."],
        _ => [],
    });

    /// <summary>The process serves, but one more failure can end that.</summary>
    internal static IEnumerable<string> AtRisk(RaftStatus process) => Faults(process).Concat(Narrow(process));

    /// <summary>The process itself needs a person.</summary>
    internal static IEnumerable<string> Faults(RaftStatus process)
    {
        if (process.Fence is { } fence)
        {
            yield return $"{Name(process)} is fenced: {fence}";
        }

        if (process.NameConflict is { } conflict)
        {
            yield return $"{Name(process)}: {conflict}";
        }

        if (process.ContractConflict is { } contracts)
        {
            yield return $"{Name(process)}: {contracts}";
        }

        if (process.IsDiskNearlyFull)
        {
            yield return $"{Name(process)} takes no pairs as a leader: fewer bytes than raft.store.free-space-floor are free on its disk. "
                + "Make room on it.";
        }

        if (process.HeldAt is { } held)
        {
            yield return $"{Name(process)} does not follow its log: {held}";
        }

        if (process.Divergence is { } divergence)
        {
            yield return $"{Name(process)}: {divergence}";
        }
    }

    /// <summary>The process reaches no more voters than a majority needs.</summary>
    /// <param name="process">The state of the process.</param>
    public static IEnumerable<string> Narrow(RaftStatus process)
    {
        ArgumentNullException.ThrowIfNull(process);
        var voters = process.Members.Where(member => member.IsVoter).Select(member => member.Name).ToList();
        var inReach = voters.Count(voter => voter == process.Name || process.Reachable.Contains(voter));
        if (process.IsOpen && IsMember(process) && voters.Count > 0 && inReach <= (voters.Count / 2) + 1)
        {
            yield return $"{Name(process)} reaches {inReach} of {voters.Count} voters: the group can lose none of them.";
        }
    }

    // A process that was removed still knows the leader until its election timeout is over. One that joins lists itself alone, as a
    // learner, until it has a configuration of the group.
    private static bool IsMember(RaftStatus process) => process.Members.Any(
        member => member.Name == process.Name && (member.IsVoter || process.Identity != Guid.Empty));

    private static string Name(RaftStatus process) => $"{process.Name} of group {process.Group}";
}
