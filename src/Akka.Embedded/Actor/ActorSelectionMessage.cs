namespace Akka.Actor;

/// <summary>A message on its way along a selection: the message, and the names that remain.</summary>
/// <param name="WildcardFanOut">Whether a pattern has matched several actors. A branch without a match is then silent.</param>
internal sealed record ActorSelectionMessage(object Message, string[] Elements, bool WildcardFanOut) : IAutoReceivedMessage
{
    /// <summary>Follows the names as far as this process holds the actors. A remote reference forwards the rest.</summary>
    public void Deliver(InternalActorRef from, IActorRef? sender)
    {
        var at = from;
        for (var i = 0; i < Elements.Length; i++)
        {
            if (!at.IsLocal)
            {
                at.Tell(new ActorSelectionMessage(Message, Elements[i..], WildcardFanOut), sender);
                return;
            }

            var element = Elements[i];
            if (element.AsSpan().ContainsAny('*', '?'))
            {
                DeliverToAll(from, at, i, sender);
                return;
            }

            var next = element == ".." ? at.Parent : at.GetChild([element]);
            if (next is Nobody)
            {
                Miss(from, sender);
                return;
            }

            at = next;
        }

        at.Tell(Message, sender);
    }

    private void DeliverToAll(InternalActorRef from, InternalActorRef parent, int at, IActorRef? sender)
    {
        InternalActorRef[] matches = [.. parent.Children.Where(child => Matches(child.Path.Name, Elements[at]))];
        if (matches.Length == 0)
        {
            Miss(from, sender);
        }

        var rest = new ActorSelectionMessage(Message, Elements[(at + 1)..], WildcardFanOut || matches.Length > 1);
        foreach (var match in matches)
        {
            rest.Deliver(match, sender);
        }
    }

    private void Miss(InternalActorRef from, IActorRef? sender)
    {
        if (!WildcardFanOut)
        {
            new EmptyLocalActorRef(from.Provider, from.Path / Elements).Tell(Message, sender);
        }
    }

    private static bool Matches(string name, string pattern) =>
        global::System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
