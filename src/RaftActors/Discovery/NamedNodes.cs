using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Discovery;

/// <summary>
/// The nodes whose names are their addresses: the contacts, and those of all processes that the groups of this node name, at founding or in
/// any configuration that may still count. Which ones are silent only their connections tell.
/// </summary>
internal sealed class NamedNodes(Address self, ImmutableArray<string> contacts, ILoggingAdapter log) : INodeSource
{
    private readonly Dictionary<(string Group, ProcessName Name), ImmutableArray<ProcessName>> _namedBy = [];
    private readonly HashSet<string> _refused = [];
    private ImmutableSortedSet<Address> _named = [];

    public string WhyNoNodes => "The roster and raft.contacts name no other node. Start the missing processes on this one, or correct "
        + "raft.roster.";

    public void Start(IActorRef registry)
    {
    }

    public void Stop(IActorRef registry)
    {
    }

    public IEnumerable<NodeNews> Read(object message)
    {
        if (message is not RaftRegistry.EngineNames names)
        {
            return [];
        }

        _namedBy[(names.Process.Settings.Group, names.Process.Pid.Name)] = names.Others;
        var before = _named;
        var nodes = _namedBy.Values.SelectMany(others => others).Select(name => name.Node);
        _named = [.. contacts.Concat(nodes).Distinct().SelectMany(ToAddress)];
        return
        [
            .. _named.Except(before).Select(address => new NodeNews.Named(address)),
            .. before.Except(_named).Select(address => new NodeNews.Unnamed(address)),
        ];
    }

    // A process may be taken into a group under any name; one that is no address is waited for in vain, which is said once.
    private IEnumerable<Address> ToAddress(string node)
    {
        var address = NodeAddress.Of(node, self);
        if (address is null && _refused.Add(node))
        {
            log.Warning("Node '{0}' cannot be found: with raft.discovery = node-names a node's name is host:port, or :port.", node);
        }

        return address is null || address.Equals(self) ? [] : [address];
    }
}
