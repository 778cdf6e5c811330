using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>A question about the state.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(OfClaim), "claim")]
[JsonDerivedType(typeof(OfLock), "lock")]
internal abstract record Question
{
    private Question()
    {
    }

    /// <summary>How a claim stands. The answer is an <see cref="Answer"/>; <see cref="Answer.Held"/>: there is no such claim.</summary>
    public sealed record OfClaim(string Name, long Session, string Claim) : Question;

    /// <summary>Who holds a lock. The answer is a <see cref="LockView"/>.</summary>
    public sealed record OfLock(string Name) : Question;
}

/// <summary>A lock at one moment.</summary>
/// <param name="Holders">In the order in which they were granted.</param>
/// <param name="Waiting">The number of claims that wait.</param>
internal sealed record LockView(ImmutableArray<LockHolder> Holders, int Waiting);

/// <summary>A claim that holds a permit.</summary>
/// <param name="Owner">The owner of its session.</param>
internal sealed record LockHolder(string Owner, long Session, string Claim, long Token, string? Text);
