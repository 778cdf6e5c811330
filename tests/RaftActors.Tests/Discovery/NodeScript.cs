namespace RaftActors.Tests.Discovery;

/// <summary>A source of nodes whose messages are the news itself.</summary>
internal sealed class NodeScript : INodeSource
{
    public string WhyNoNodes => "Nobody is here.";

    public void Start(IActorRef registry)
    {
    }

    public void Stop(IActorRef registry)
    {
    }

    public IEnumerable<NodeNews> Read(object message) => message is NodeNews news ? [news] : [];
}
