namespace Akka.Actor;

/// <summary>
/// A path that is resolved anew for each message. It may contain names, <c>..</c>, and patterns with <c>*</c> and <c>?</c>. A
/// message goes to every actor that matches at that moment.
/// </summary>
public class ActorSelection : ICanTell
{
    private readonly string[] _elements;

    private ActorSelection(InternalActorRef anchor, string[] elements)
    {
        AnchorRef = anchor;
        _elements = elements;
    }

    public string PathString => "/" + string.Join('/', _elements);

    /// <summary>The actor at which the path begins.</summary>
    internal InternalActorRef AnchorRef { get; }

    public void Tell(object message, IActorRef? sender = null)
    {
        if (message is null)
        {
            throw new InvalidMessageException("Message is null");
        }

        new ActorSelectionMessage(message, _elements, WildcardFanOut: false).Deliver(AnchorRef, sender ?? ImplicitSender.Current);
    }

    /// <summary>Returns the first actor that answers for the path.</summary>
    /// <exception cref="ActorNotFoundException">No actor matched, or none answered in time.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException($"No actor was found for {this}");
        }
        catch (Exception failure) when (failure is not ActorNotFoundException)
        {
            throw new ActorNotFoundException($"No actor answered for {this} within {timeout}", failure);
        }
    }

    public override string ToString() => $"ActorSelection[Anchor({AnchorRef.Path}), Path({PathString})]";

    /// <summary>
    /// Creates a selection. A relative path begins at the given actor, an absolute one at the root of its own or another system.
    /// </summary>
    internal static ActorSelection Create(InternalActorRef from, string path)
    {
        if (Address.TryParse(path, out var address, out var rest))
        {
            return new ActorSelection((InternalActorRef)from.Provider.RootGuardianAt(address), Split(rest));
        }

        return new ActorSelection(path.StartsWith('/') ? from.Provider.RootGuardian : from, Split(path));
    }

    internal static ActorSelection Create(LocalActorRefProvider provider, ActorPath path) =>
        new((InternalActorRef)provider.RootGuardianAt(path.Address), path.ElementArray());

    private static string[] Split(string path)
    {
        var elements = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return elements.Contains("**") ? throw new NotSupportedException(
            $"The selection '{path}' contains '**', which the embedded runtime does not support. Name each level with '*'.") : elements;
    }
}
