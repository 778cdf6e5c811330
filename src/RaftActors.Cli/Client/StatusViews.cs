namespace RaftActors.Cli.Client;

/// <summary>What commands read off the answers of a group.</summary>
internal static class StatusViews
{
    extension(GroupStatus group)
    {
        /// <summary>The answer with the latest configuration. Null: there is none.</summary>
        public RaftStatus? Latest => group.Processes.MaxBy(status => (status.MembersIndex, status.Committed));

        /// <summary>The members as the latest configuration has them. A process that waits to be added knows none.</summary>
        public ImmutableArray<GroupMember> Members =>
            group.Latest is { } latest && latest.Standing != ProblemKind.Waiting ? latest.Members : [];

        /// <summary>The members and the other processes that answered, sorted.</summary>
        public IEnumerable<ProcessName> Names =>
            group.Members.Select(member => member.Name).Union(group.Processes.Select(status => status.Name)).Order();

        /// <summary>The answer of a process. Null: there is none.</summary>
        public RaftStatus? StatusOf(ProcessName process) => group.Processes.FirstOrDefault(status => status.Name == process);

        /// <summary>True if the process answered, and takes part in its group.</summary>
        public bool IsPresent(ProcessName process) => group.StatusOf(process) is { } status && status.Standing is null;
    }

    extension(RaftStatus status)
    {
        /// <summary>Why the process takes no part in its group, as a <see cref="ProblemKind"/>. Null: it takes part.</summary>
        public string? Standing => status.Failure is not null ? ProblemKind.Failed
            : !status.IsOpen ? ProblemKind.Opening
            : status.Fence is not null ? ProblemKind.Fenced
            : status.Outside;

        /// <summary>Founding, Waiting or Removed, as far as the process knows. Null: it is a member.</summary>
        public string? Outside
        {
            get
            {
                // A process of a shard that is placed elsewhere tells no problem.
                var self = status.Members.FirstOrDefault(member => member.Name == status.Name);
                return status.Problems.Any(problem => problem.Kind == ProblemKind.Removed) ? ProblemKind.Removed
                    : status.Identity == Guid.Empty ? self is { IsVoter: true } ? ProblemKind.Founding : ProblemKind.Waiting
                    : self is not null ? null
                    : status.MembersIndex == 0 ? ProblemKind.Removed : ProblemKind.Waiting;
            }
        }
    }

    /// <summary>The cause without names in front: a predicate of the process, or of the group.</summary>
    public static string TextIn(this GroupProblem problem, string group)
    {
        var names = problem.Process is { } process ? $"{process} of group {group} " : $"Group {group} ";
        return (problem.Cause.StartsWith(names, StringComparison.Ordinal) ? problem.Cause[names.Length..] : problem.Cause).TrimEnd('.');
    }
}
