using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Core;

/// <summary>
/// Claims that hold unless the code, the disk or the memory is broken. Checked in Release too: a wrong answer is worse than none.
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

/// <summary>
/// A core found that a claim which it is built on does not hold. It must not be stepped again, and not be restarted over the same state.
/// </summary>
public sealed class InvariantException(string claim) : Exception($"Raft invariant broken: {claim}");
