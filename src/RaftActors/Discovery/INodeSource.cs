using Akka.Actor;

namespace RaftActors.Discovery;

/// <summary>A source of the addresses of the other nodes. For the registry's thread only.</summary>
internal interface INodeSource
{
    /// <summary>Subscribes the registry to the messages that this source reads.</summary>
    void Start(IActorRef registry)
    {
    }

    void Stop(IActorRef registry)
    {
    }

    /// <summary>
    /// Reads the news about other nodes from a message to the registry, or returns null if the message is not for this source.
    /// </summary>
    IEnumerable<NodeNews>? Read(object message);

    /// <summary>Explains to a person why the source may know no other node, and what to do.</summary>
    string WhyNoNodes { get; }
}
