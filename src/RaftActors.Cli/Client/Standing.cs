namespace RaftActors.Cli.Client;

/// <summary>The relation of a process to its group, as far as it knows.</summary>
internal enum Standing
{
    /// <summary>It is a member.</summary>
    Member,

    /// <summary>It is in its own list, and that group is not founded yet.</summary>
    Founding,

    /// <summary>It waits to be added to a group.</summary>
    Waiting,

    /// <summary>It was removed from its group, and can be added again.</summary>
    Removed,

    /// <summary>It is fenced, or its engine has stopped. An operator must act.</summary>
    Fenced,
}

/// <summary>Reads the status of a process for an operator.</summary>
internal static class StandingOfProcess
{
    // A new member receives the whole log, whose first configurations lack it. After a restart no configuration is committed, and the
    // members are those of the end of the log.
    public static Standing Standing(this RaftStatus status)
    {
        var self = status.Members.FirstOrDefault(member => member.Name == status.Name);
        return status switch
        {
            { Fence: not null } or { Failure: not null } => Client.Standing.Fenced,
            { IsRemoved: true } => Client.Standing.Removed,
            _ when status.Identity == Guid.Empty => self is { IsVoter: true } ? Client.Standing.Founding : Client.Standing.Waiting,
            _ when self is not null => Client.Standing.Member,
            _ => status.MembersIndex == LogIndex.Zero ? Client.Standing.Removed : Client.Standing.Waiting,
        };
    }

    /// <summary>A problem for the operator, as a predicate ("waits for :9991"); null: there is none.</summary>
    /// <param name="target">The group that was asked.</param>
    /// <param name="by">A process that may be a member of the group; null: none is known.</param>
    /// <param name="members">The members of the group; null, or empty: not known.</param>
    public static string? Note(this RaftStatus status, Target target, ProcessName? by, IReadOnlyList<ProcessName>? members = null) =>
        status.Standing() switch
        {
            Client.Standing.Founding when by is not null && members is { Count: > 0 } && !members.Contains(status.Name) =>
                $"waits to found a group that runs without it, because {target.WhyFounder}; stop it, "
                + $"{target.StartIt(status.Name, members)}, then {AddCommand(status, target, by)}",
            Client.Standing.Founding => target.Founding(
                status.Members.Where(member => member.Name != status.Name).Select(member => target.Show(member.Name))),
            Client.Standing.Waiting => $"waits to be added: {AddCommand(status, target, by)}",
            Client.Standing.Removed => $"was removed from the group; to add it again: {AddCommand(status, target, by)}",
            Client.Standing.Fenced => target.Show(status.Fence ?? status.Failure!), // Justification: one of them makes it fenced.
            _ => status.NameConflict is { } conflict ? target.Show(conflict)
                : status.HeldAt is { } held ? $"is held at serial {held.Serial}, see 'raft check'"
                : status.Divergence is { } differs && differs.Concerns(status.Name)
                    ? $"has another state than others since serial {differs.Serials.First}, see 'raft check'"
                : null,
        };

    private static string AddCommand(RaftStatus status, Target target, ProcessName? by) => target.AddCommand(
        status.Name, by ?? status.Members.Select(member => (ProcessName?)member.Name).FirstOrDefault(name => name != status.Name));
}
