namespace RaftActors;

/// <summary>An answer of HandleQuery, and the state that it came from.</summary>
/// <typeparam name="TAnswer">The type of the answer.</typeparam>
/// <param name="Value">The return value of HandleQuery.</param>
/// <param name="Serial">
/// The last serial of the state that answered: a token for <see cref="ReadConsistency.NotOlderThan"/> and
/// <see cref="RaftClient{TValue, TResult}.SubscribeAsync"/>.
/// </param>
public readonly record struct Answer<TAnswer>(TAnswer Value, Serial Serial);
