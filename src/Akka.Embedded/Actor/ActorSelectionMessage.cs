namespace Akka.Actor;

/// <summary>A message on its way along a selection: from the actor that has it, by the names that are left.</summary>
/// <param name="WildcardFanOut">Whether a wildcard was passed, so that places without an actor are no one's concern.</param>
internal sealed record ActorSelectionMessage(object Message, string[] Elements, bool WildcardFanOut) : IAutoReceivedMessage
{
    /// <summary>Goes as far as this process can see, and hands the rest to the reference where sight ends.</summary>
    public void Deliver(InternalActorRef from, IActorRef? sender)
    {
        InternalActorRef at = from;
        for (int i = 0; i < Elements.Length; i++)
        {
            if (!at.IsLocal)
            {
                at.Tell(new ActorSelectionMessage(Message, Elements[i..], WildcardFanOut), sender);
                return;
            }

            string element = Elements[i];
            if (element.AsSpan().ContainsAny('*', '?'))
            {
                DeliverToAll(at, element, Elements[(i + 1)..], sender);
                return;
            }

            InternalActorRef next = element == ".." ? at.Parent : at.GetChild([element]);
            if (next is Nobody)
            {
                if (!WildcardFanOut)
                {
                    new EmptyLocalActorRef(at.Provider, at.Path / Elements[i..]).Tell(Message, sender);
                }

                return;
            }

            at = next;
        }

        at.Tell(Message, sender);
    }

    private void DeliverToAll(InternalActorRef parent, string pattern, string[] rest, IActorRef? sender)
    {
        foreach (InternalActorRef child in parent.Children)
        {
            if (global::System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, child.Path.Name, ignoreCase: false))
            {
                new ActorSelectionMessage(Message, rest, WildcardFanOut: true).Deliver(child, sender);
            }
        }
    }
}
