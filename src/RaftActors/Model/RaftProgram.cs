namespace RaftActors;

/// <summary>What the program of a process is, as far as the processes of its group must agree.</summary>
public sealed record RaftProgram
{
    internal RaftProgram(int logicVersion, Guid build, ulong contracts) =>
        (LogicVersion, Build, Contracts) = (logicVersion, build, contracts);

    /// <summary>The newest logic version that it has (<c>RaftActor.LogicVersion</c>). From 1.</summary>
    public int LogicVersion { get; }

    /// <summary>
    /// The module version of the assembly with the class of the actor, or of the entity. Each change of its code gives another one.
    /// </summary>
    public Guid Build { get; }

    /// <summary>
    /// A hash over the JSON of the values: the names and types of their properties, and of theirs. 0: no value is JSON.
    /// </summary>
    public ulong Contracts { get; }

    internal static RaftProgram Unknown { get; } = new(1, Guid.Empty, 0);

    /// <summary>Returns the version and the build.</summary>
    public override string ToString() => $"logic version {LogicVersion}, build {Build:N}";
}
