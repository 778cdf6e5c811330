namespace RaftActors;

/// <summary>What is wrong with a group or with one of its processes, and what to do. See <see cref="GroupStatus.Problems"/>.</summary>
public sealed record GroupProblem
{
    /// <summary>Creates a problem, for a test of code that reads it, or for a library on RaftActors.</summary>
    /// <param name="severity">How bad it is.</param>
    /// <param name="cause">What is wrong, as sentences for people.</param>
    /// <param name="remedy">What to do, as sentences for people. Null: it ends by itself.</param>
    /// <param name="process">The process. Null: the group as a whole.</param>
    public GroupProblem(ProblemSeverity severity, string cause, string? remedy = null, ProcessName? process = null) =>
        (Severity, Cause, Remedy, Process) = (severity, cause, remedy, process);

    internal GroupProblem(string group, ProcessName? process, GroupHealth.Rule rule, string detail)
    {
        (Process, Severity, Remedy, Kind) = (process, rule.Severity, rule.Remedy, $"{rule.Kind}");
        var text = $"{rule.Text}{detail}".TrimEnd('.');
        Cause = process is null ? $"Group {group} {text}." : $"{process} of group {group} {text}.";
    }

    /// <summary>The process. Null: the group as a whole.</summary>
    public ProcessName? Process { get; }

    /// <summary>How bad it is.</summary>
    public ProblemSeverity Severity { get; }

    /// <summary>What is wrong, as a sentence for people that names the process and the group.</summary>
    public string Cause { get; }

    /// <summary>What to do, as text for people. Null: it ends by itself.</summary>
    public string? Remedy { get; }

    /// <summary>
    /// The name of the rule, for programs that act on some problems. Of a process: <c>Failed</c>, <c>NoActor</c>, <c>Opening</c>,
    /// <c>Fenced</c>, <c>Founding</c>, <c>Waiting</c>, <c>Removed</c>, <c>Held</c>, <c>NameConflict</c>, <c>ContractConflict</c>,
    /// <c>DiskNearlyFull</c>, <c>Diverged</c>, <c>OldProgram</c>, <c>KnowsNoLeader</c>, <c>Behind</c>, <c>ReachesFew</c>, <c>Silent</c>,
    /// <c>Unreached</c>, <c>Stale</c>. Of a group: <c>TwoGroups</c>, <c>TwoLeaders</c>, <c>TwoConfigurations</c>, <c>NoMajority</c>,
    /// <c>NoLeader</c>, <c>Narrow</c>. Empty: another library made the problem. A later version may add names.
    /// </summary>
    public string Kind { get; } = "";

    /// <summary>Returns the cause and the remedy.</summary>
    public override string ToString() => Remedy is null ? Cause : $"{Cause} {Remedy}";
}

/// <summary>How bad a <see cref="GroupProblem"/> is.</summary>
public enum ProblemSeverity
{
    /// <summary>The process or the group serves, but one more failure can end that.</summary>
    Risk,

    /// <summary>It cannot serve now.</summary>
    NotReady,

    /// <summary>It cannot serve before its node restarts or a person acts.</summary>
    Stopped,
}

/// <summary>The rule of a problem. <see cref="GroupProblem.Kind"/> has its name.</summary>
internal enum ProblemKind
{
    Failed, NoActor, Opening, Fenced, Founding, Waiting, Removed, Held, NameConflict, ContractConflict, DiskNearlyFull, Diverged,
    OldProgram, KnowsNoLeader, Behind, ReachesFew, Silent, Unreached, Stale, TwoGroups, TwoLeaders, TwoConfigurations, NoMajority,
    NoLeader, Narrow,
}
