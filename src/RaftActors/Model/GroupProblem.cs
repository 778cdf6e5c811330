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
        (Severity, Cause, Text, Remedy, Process) = (severity, cause, cause, remedy, process);

    internal GroupProblem(string group, ProcessName? process, GroupHealth.Rule rule, string detail)
    {
        (Process, Severity, Remedy, Kind) = (process, rule.Severity, rule.Remedy, rule.Kind);
        Text = $"{rule.Text}{detail}".TrimEnd('.');
        Cause = process is null ? $"Group {group} {Text}." : $"{process} of group {group} {Text}.";
    }

    /// <summary>The process. Null: the group as a whole.</summary>
    public ProcessName? Process { get; }

    /// <summary>How bad it is.</summary>
    public ProblemSeverity Severity { get; }

    /// <summary>What is wrong, as a sentence for people that names the process and the group.</summary>
    public string Cause { get; }

    /// <summary>What to do, as text for people. Null: it ends by itself.</summary>
    public string? Remedy { get; }

    internal ProblemKind Kind { get; }

    /// <summary>The cause without names in front: a predicate of the process, or of the group.</summary>
    internal string Text { get; }

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

/// <summary>
/// The rule of a problem. The values up to <see cref="OldProgram"/> are what a process says of itself, and are written to other nodes.
/// </summary>
[Flags]
internal enum ProblemKind
{
    Failed = 1, NoActor = 1 << 1, Opening = 1 << 2, Fenced = 1 << 3, Founding = 1 << 4, Waiting = 1 << 5, Removed = 1 << 6,
    Held = 1 << 7, NameConflict = 1 << 8, ContractConflict = 1 << 9, DiskNearlyFull = 1 << 10, Diverged = 1 << 11,
    OldProgram = 1 << 12, KnowsNoLeader = 1 << 13, Behind = 1 << 14, ReachesFew = 1 << 15, Silent = 1 << 16, Unreached = 1 << 17,
    Stale = 1 << 18, TwoGroups = 1 << 19, TwoLeaders = 1 << 20, TwoConfigurations = 1 << 21, NoMajority = 1 << 22, NoLeader = 1 << 23,
    SomeSilent = 1 << 24, Narrow = 1 << 25,
}
