namespace RaftActors;

/// <summary>What the program of a process is, as far as the processes of its group must agree.</summary>
/// <param name="LogicVersion">The newest logic version that it has (<c>RaftActor.LogicVersion</c>). From 1.</param>
/// <param name="Build">
/// The module version of the assembly with the class of the actor, or of the entity. Each change of its code gives another one.
/// </param>
/// <param name="Contracts">
/// A hash over the JSON of the values: the names and types of their properties, and of theirs. 0: no value is JSON.
/// </param>
internal sealed record RaftProgram(int LogicVersion, Guid Build, ulong Contracts)
{
    internal static RaftProgram Unknown { get; } = new(1, Guid.Empty, 0);
}
