using RaftActors.Core.Codec;

namespace RaftActors.Core;

/// <summary>
/// The formats and rules of a program, or those that a group has agreed to. Each member's program has at least the version of its group.
/// </summary>
/// <param name="Format">The format level, from 1. No entry or snapshot of the group has a higher one.</param>
/// <param name="Logic">The version of the rules by which the actors apply pairs, from 1.</param>
internal readonly record struct GroupVersion(byte Format, int Logic)
{
    /// <summary>The version of a group that was never raised, and of a process that has told nothing.</summary>
    public static GroupVersion Lowest { get; } = new(FormatRange.Own.Lowest, 1);

    /// <summary>Tells whether a program with this version can belong to a group with the other one.</summary>
    public bool Has(GroupVersion group) => Format >= group.Format && Logic >= group.Logic;

    public override string ToString() => $"format level {Format} and logic version {Logic}";
}
