using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Core;

/// <summary>
/// Invariants that hold unless the code, the disk or the memory is broken. Checked in Release builds too, because a wrong answer is worse
/// than none.
/// </summary>
internal static class Invariant
{
    /// <exception cref="InvariantException">The claim does not hold.</exception>
    public static void That([DoesNotReturnIf(false)] bool holds, string claim)
    {
        if (!holds)
        {
            throw new InvariantException(claim);
        }
    }
}

/// <summary>An invariant of Raft does not hold. The core must not be stepped again, nor restarted over the same state.</summary>
internal sealed class InvariantException(string claim) : Exception($"Raft invariant broken: {claim}");

/// <summary>
/// A process whose group is not founded yet starts with another roster than its store holds. The two rosters could found two groups.
/// </summary>
internal sealed class RosterMismatchException : ArgumentException
{
    internal RosterMismatchException(ImmutableArray<ProcessName> recorded, ImmutableArray<ProcessName> given)
        : base(
            $"The store holds the founding roster {Text(recorded)}, and the process is started with {Text(given)}. Until the group is "
            + "founded the roster must not change, since two rosters could found two groups. Start the process with the roster of its "
            + "store, or stop all processes of the group, run 'raft log forget' for each, and start them with the new roster.")
    {
    }

    private static string Text(ImmutableArray<ProcessName> roster) => $"({string.Join(' ', roster.Order())})";
}
