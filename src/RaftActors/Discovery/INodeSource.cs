using Akka.Actor;

namespace RaftActors.Discovery;

/// <summary>Who knows which nodes there are. For the registry, and in its thread.</summary>
internal interface INodeSource
{
    /// <summary>From now on the registry is told what this source reads.</summary>
    void Start(IActorRef registry);

    void Stop(IActorRef registry);

    /// <summary>What a message to the registry says about nodes other than this one; nothing if it is none of this source's.</summary>
    IEnumerable<NodeNews> Read(object message);

    /// <summary>For people: why this source may know no other node, and what to do.</summary>
    string WhyNoNodes { get; }
}
