using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Engine;
using RaftActors.Settings;

namespace RaftActors.Discovery;

/// <summary>
/// Nodes whose names are their addresses: the contacts, and the nodes of all processes that the groups of this node name. A group names the
/// processes of its founding roster and of each configuration that may still be in force.
/// </summary>
/// <param name="contacts">Nodes to connect to even if no group names them.</param>
/// <param name="isAtName">The names are those of raft.address = node.</param>
internal sealed class NamedNodes(Address self, ImmutableArray<string> contacts, ILoggingAdapter log, bool isAtName = false) : INodeSource
{
    /// <summary>
    /// The most refused names that are remembered, so that each is logged once. Rosters have far fewer; with more, names are logged again.
    /// </summary>
    public const int RefusedMax = 1024;

    private readonly Dictionary<(string Group, ProcessName Name), ImmutableSortedSet<Address>> _namedBy = [];
    private readonly HashSet<string> _refused = [];

    // How many processes name each node. The contacts count as one more process. Without the counts, each change would search the names of
    // all processes, of which a node may have a thousand.
    private readonly Dictionary<Address, int> _named = [];
    private bool _hasContacts;

    public int Count => _named.Count;

    public string WhyNoNodes => "The roster and raft.contacts name no other node. Start the missing processes on this one, or correct "
        + "raft.roster.";

    /// <summary>The next life of the registry knows no node, so all are named again.</summary>
    public void Stop(IActorRef registry)
    {
        _namedBy.Clear();
        _named.Clear();
        _hasContacts = false;
    }

    public IEnumerable<NodeNews>? Read(object message)
    {
        // A stopped engine names no node any more: its group may be gone, and the rights of its nodes must go with it.
        var names = message switch
        {
            EngineNews.Names news => news,
            EngineNews.Stopped stopped => new EngineNews.Names(stopped.Process, []),
            _ => null,
        };
        if (names is null)
        {
            return null;
        }

        var process = (names.Process.Settings.Group, names.Process.Name);
        var before = _namedBy.GetValueOrDefault(process, []);
        var now = ToAddresses(names.Others.Select(name => name.Node));
        if (now.IsEmpty)
        {
            _namedBy.Remove(process);
        }
        else
        {
            _namedBy[process] = now;
        }

        var contacted = _hasContacts ? [] : ToAddresses(contacts);
        _hasContacts = true;
        return
        [
            .. contacted.Concat(now.Except(before)).Where(IsFirstName).Select(address => new NodeNews.Named(address)),
            .. before.Except(now).Where(IsLastName).Select(address => new NodeNews.Unnamed(address)),
        ];
    }

    private bool IsFirstName(Address address) => (_named[address] = _named.GetValueOrDefault(address) + 1) == 1;

    private bool IsLastName(Address address)
    {
        var left = _named[address] - 1;
        _named[address] = left;
        return left == 0 && _named.Remove(address);
    }

    private ImmutableSortedSet<Address> ToAddresses(IEnumerable<string> nodes) => [.. nodes.SelectMany(ToAddress)];

    // A process may join under any name. A name that is no address cannot be reached, so it is logged once and skipped.
    private IEnumerable<Address> ToAddress(string node)
    {
        var address = isAtName ? RaftAddress.Of(node) : NodeAddress.Of(node, self);
        if (address is null && _refused.Count >= RefusedMax)
        {
            _refused.Clear();
        }

        if (address is null && isAtName && _refused.Add(node))
        {
            log.Warning("{0}", RaftAddress.WhyNone(node));
        }
        else if (address is null && _refused.Add(node))
        {
            log.Warning("Node '{0}' cannot be found: name it host:port, or :port, because raft.discovery is node-names.", node);
        }

        return address is null || address.Equals(self) ? [] : [address];
    }
}
