namespace RaftActors;

/// <summary>
/// A question that names the type of its answer, so a call needs no type argument: <c>client.QueryAsync(new ReadTotal())</c> gives an
/// <c>Outcome&lt;int&gt;</c> if ReadTotal is an <c>IRaftQuestion&lt;int&gt;</c>. HandleQuery of an actor, or HandleQuestion of an entity,
/// gets the question and returns such an answer. The interface has no members, and changes no bytes.
/// </summary>
/// <typeparam name="TAnswer">The type of the answer. If the answer may be null, a type that admits null.</typeparam>
public interface IRaftQuestion<TAnswer>;
