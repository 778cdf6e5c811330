using System.Collections.Concurrent;

namespace RaftActors.Delivery;

/// <summary>The optional callbacks that a type of actors overrides. Reflection finds them once for each type.</summary>
/// <param name="Pulls">The actor fetches pairs itself, because it overrides HandleMissing or HandleSerial.</param>
internal sealed record ActorOverrides(bool AnswersQueries, bool ValidatesProposals, bool HandlesReminders, bool Pulls)
{
    private static readonly ConcurrentDictionary<Type, ActorOverrides> _known = new();

    public static ActorOverrides Of(Type actor, Func<ActorOverrides> find) => _known.GetOrAdd(actor, _ => find());
}
