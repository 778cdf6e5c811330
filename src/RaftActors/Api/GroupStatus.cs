using System.Collections.Immutable;

namespace RaftActors;

/// <summary>The state of a group as its processes see it. See <see cref="RaftClient.StatusAsync"/>.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Processes">The processes that answered, by name. Their views may differ.</param>
/// <param name="Silent">The known processes that did not answer in time, by name.</param>
public sealed record GroupStatus(string Group, ImmutableArray<RaftStatus> Processes, ImmutableArray<ProcessName> Silent)
{
    /// <summary>The leader of the latest term that a process knows; null if none is known.</summary>
    public ProcessName? Leader => Processes.Where(process => process.LedBy is not null).MaxBy(process => process.Term)?.LedBy;

    /// <summary>One line for the group, and one for each process.</summary>
    public override string ToString() =>
        $"{Group}: leader {Leader?.Value ?? "unknown"}, silent [{string.Join(", ", Silent)}]"
        + string.Concat(Processes.Select(process => $"{Environment.NewLine}  {process}"));
}
