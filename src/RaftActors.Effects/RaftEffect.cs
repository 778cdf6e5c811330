using System.Collections.Immutable;

namespace RaftActors.Effects;

/// <summary>One attempt of an effect, as its handler gets it.</summary>
/// <typeparam name="TEffect">The type of the value.</typeparam>
/// <param name="Name">The name of <see cref="RaftOutbox{TEffect}.Do"/>. Effects of one name run one after the other.</param>
/// <param name="Value">The value of <see cref="RaftOutbox{TEffect}.Do"/>.</param>
/// <param name="Number">
/// Identifies the effect within its outbox. It is the same in each attempt and on each leader, it grows from effect to effect, and it does
/// not come again, not even after a restore of the group. A receiver that remembers it does not act twice.
/// </param>
/// <param name="Attempt">1, 2, 3 and so on. Each leader counts from 1.</param>
/// <param name="Token">
/// A fencing token. It grows with each leader and with each life of its actor, also after a restore of the group. A receiver refuses one
/// that is lower than the highest that it has seen, because its sender has been replaced.
/// </param>
public sealed record RaftEffect<TEffect>(string Name, TEffect Value, long Number, int Attempt, long Token);

/// <summary>
/// Ends an effect, or begins the work of a leader. Give one case of your values a property of this type, and pass it to
/// <see cref="RaftOutbox{TEffect}.Apply"/>. Only an outbox makes it.
/// </summary>
/// <param name="Number">The number of the effect. 0: a leader begins.</param>
/// <param name="Failure">Why the effect has failed for good, in at most 1,000 characters. Null: it is done.</param>
public sealed record EffectEnd(long Number, string? Failure = null);

/// <summary>An effect that has ended, for the callback of the actor in which it ends.</summary>
/// <typeparam name="TEffect">The type of the value.</typeparam>
/// <param name="Number">As of <see cref="RaftEffect{TEffect}"/>.</param>
/// <param name="Name">As of <see cref="RaftEffect{TEffect}"/>.</param>
/// <param name="Value">As of <see cref="RaftEffect{TEffect}"/>.</param>
/// <param name="Failure">As of <see cref="EffectEnd"/>: null if the effect is done.</param>
public sealed record EndedEffect<TEffect>(long Number, string Name, TEffect Value, string? Failure);

/// <summary>The effects that have not ended, for the snapshot of the actor. Plain data for any serializer.</summary>
/// <typeparam name="TEffect">The type of the values.</typeparam>
/// <param name="Effects">In the order of their numbers.</param>
public sealed record OutboxState<TEffect>(ImmutableArray<KeptEffect<TEffect>> Effects);

/// <summary>An effect that has not ended, in a snapshot.</summary>
/// <typeparam name="TEffect">The type of the value.</typeparam>
/// <param name="Number">As of <see cref="RaftEffect{TEffect}"/>.</param>
/// <param name="Name">As of <see cref="RaftEffect{TEffect}"/>.</param>
/// <param name="Value">As of <see cref="RaftEffect{TEffect}"/>.</param>
/// <param name="Since">The time of the pair that asked for it.</param>
public sealed record KeptEffect<TEffect>(long Number, string Name, TEffect Value, DateTimeOffset Since);
