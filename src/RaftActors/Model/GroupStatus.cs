using System.Collections.Immutable;

namespace RaftActors;

/// <summary>The state of a group as its processes see it. See <see cref="RaftClient.StatusAsync"/>.</summary>
public sealed record GroupStatus
{
    internal GroupStatus(string group, ImmutableArray<RaftStatus> processes, ImmutableArray<ProcessName> silent) =>
        (Group, Processes, Silent) = (group, processes, silent);

    /// <summary>The name of the group.</summary>
    public string Group { get; }

    /// <summary>The processes that answered, by name. Their views may differ.</summary>
    public ImmutableArray<RaftStatus> Processes { get; }

    /// <summary>The known processes that did not answer in time, by name.</summary>
    public ImmutableArray<ProcessName> Silent { get; }

    /// <summary>The leader of the latest term that a process knows; null if none is known.</summary>
    public ProcessName? Leader => Processes.Where(process => process.Leader is not null).MaxBy(process => process.Term)?.Leader;

    /// <summary>The problems of the group, as the answers of its processes show them, the worst first.</summary>
    public ImmutableArray<GroupProblem> Problems => GroupHealth.Of(this);

    /// <summary>The answer with the latest configuration. Null: there is none.</summary>
    internal RaftStatus? Latest => Processes.MaxBy(status => (status.MembersAt, status.Committed));

    /// <summary>The members as the latest configuration has them. A process that waits to be added knows none.</summary>
    internal ImmutableArray<GroupMember> Members => Latest is null or { Standing: ProblemKind.Waiting } ? [] : Latest.Members;

    /// <summary>The members and the other processes that answered, sorted.</summary>
    internal IEnumerable<ProcessName> Names =>
        Members.Select(member => member.Name).Union(Processes.Select(status => status.Name)).Order();

    /// <summary>The answer of a process. Null: there is none.</summary>
    internal RaftStatus? StatusOf(ProcessName process) => Processes.FirstOrDefault(status => status.Name == process);

    /// <summary>One line for the group, and one for each process.</summary>
    public override string ToString() =>
        $"{Group}: leader {Leader?.Value ?? "unknown"}, silent [{string.Join(", ", Silent)}]"
        + string.Concat(Processes.Select(process => $"{Environment.NewLine}  {process}"));
}
