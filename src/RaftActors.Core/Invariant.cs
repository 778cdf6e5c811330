using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Core;

/// <summary>
/// Invariants that hold unless the code, the disk or the memory is broken. Checked in Release too: a wrong answer is worse than
/// none.
/// </summary>
internal static class Invariant
{
    /// <summary>Ends the step if the claim does not hold.</summary>
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
public sealed class InvariantException(string claim) : Exception($"Raft invariant broken: {claim}");
