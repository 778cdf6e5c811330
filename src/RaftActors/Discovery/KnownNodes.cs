using Akka.Actor;
using Akka.Event;

using RaftActors.Network;
using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// The other nodes that the registry knows. Any program that reaches this node may tell of processes, so the nodes that no group and no
/// contact names share bounds. The bounds do not count named nodes, so a flood of unnamed ones cannot keep their lists out. For the
/// registry's thread only.
/// </summary>
internal sealed class KnownNodes(ILoggingAdapter log, TimeProvider clock)
{
    /// <summary>The most unnamed nodes. The connections of further ones are closed until one of them is gone.</summary>
    public const int UnnamedMax = 1024;

    /// <summary>
    /// The most characters in the lists of all unnamed nodes together, as <see cref="KnownNode.SizeOf(WireMessage.Presence)"/> counts them.
    /// </summary>
    public const long UnnamedSizeMax = KnownNode.SizeMax;

    private readonly SortedDictionary<Address, KnownNode> _nodes = [];
    private readonly WarningLimit _warnings = new(clock);

    // The nodes that this one is connected to, known or not.
    private readonly HashSet<Address> _connected = [];

    // The connections of which a part of the list was refused, until they end. Without that part, the rest would count as the whole list.
    private readonly Dictionary<Address, long> _refused = [];
    private int _unnamed;

    public int Count => _nodes.Count;

    public IEnumerable<KnownNode> All => _nodes.Values;

    private IEnumerable<KnownNode> Unnamed => _nodes.Values.Where(node => !node.IsNamed);

    /// <summary>The addresses of the known nodes, and of the others that this node is connected to.</summary>
    public IReadOnlySet<Address> Addresses => _nodes.Keys.Concat(_connected).ToHashSet();

    public KnownNode? Find(Address address) => _nodes.GetValueOrDefault(address);

    /// <summary>Marks a node as named by a group or a contact, and adds it if it is not known.</summary>
    public KnownNode Name(Address address)
    {
        var node = Find(address) ?? Add(address);
        _unnamed -= node.IsNamed ? 0 : 1;
        node.IsNamed = true;
        return node;
    }

    /// <summary>Marks a node as unnamed. The node stays known even if that exceeds <see cref="UnnamedMax"/>.</summary>
    public void Unname(KnownNode node)
    {
        _unnamed += node.IsNamed ? 1 : 0;
        node.IsNamed = false;
    }

    public void Remove(Address address)
    {
        if (_nodes.Remove(address, out var node) && !node.IsNamed)
        {
            _unnamed--;
        }
    }

    /// <summary>Notes whether this node is connected to another one. Returns that node if it is known.</summary>
    public KnownNode? SetConnected(Address address, bool isConnected)
    {
        _ = isConnected ? _connected.Add(address) : _connected.Remove(address);
        var node = Find(address);
        node?.IsConnected = isConnected;
        return node;
    }

    /// <summary>
    /// Returns the node that tells of its processes, or null if that exceeds the bounds, or something that this connection has told before.
    /// </summary>
    public KnownNode? Admit(ConnectionNews.Told told)
    {
        var (address, connection, presence) = told;
        if (_refused.GetValueOrDefault(address) == connection)
        {
            return null;
        }

        // This test comes first, because a flood of unnamed nodes should cost little.
        if (Find(address) is null && _unnamed >= UnnamedMax)
        {
            return Refuse(told, $"{UnnamedMax} nodes that no group names are known already");
        }

        var size = KnownNode.SizeOf(presence);
        if (Find(address) is not { IsNamed: true } && Unnamed.Sum(node => node.Size) + size > UnnamedSizeMax)
        {
            return Refuse(told, $"nodes that no group names tell of too many processes (more than {UnnamedSizeMax} characters)");
        }

        var node = Find(address) ?? Add(address);
        if (node.SizeWith(connection, presence) > KnownNode.SizeMax)
        {
            return Refuse(told, $"it tells of too many processes (more than {KnownNode.SizeMax} characters)");
        }

        return node;
    }

    /// <summary>Notes the end of a connection. Returns its node if it is known.</summary>
    public KnownNode? OnEnded(ConnectionNews.Ended ended)
    {
        if (_refused.GetValueOrDefault(ended.Address) <= ended.Connection)
        {
            _refused.Remove(ended.Address);
        }

        var node = Find(ended.Address);
        node?.OnEnded(ended.Connection);
        return node;
    }

    /// <summary>
    /// Keeps the engines that live on the node that tells of them. Otherwise one node could make this one connect to any number of
    /// addresses.
    /// </summary>
    public WireMessage.Presence OfNode(KnownNode node, WireMessage.Presence told)
    {
        bool IsThere(LocalProcess process) => node.Has(process)
            || (WirePath.TryParse(process.Engine, out var path) && path.Address.Equals(node.Address));
        if (told.Running.All(IsThere))
        {
            return told;
        }

        Warn(node.Address, "it tells of engines that are not on it");
        return told with { Running = [.. told.Running.Where(IsThere)] };
    }

    private KnownNode? Refuse(ConnectionNews.Told told, string why)
    {
        _refused[told.Address] = told.Connection;
        Warn(told.Address, why);
        return null;
    }

    private KnownNode Add(Address address)
    {
        var node = new KnownNode(address) { IsConnected = _connected.Contains(address) };
        _nodes.Add(address, node);
        _unnamed++;
        return node;
    }

    // The key lacks the address, since one program may send from many addresses.
    private void Warn(Address address, string why)
    {
        if (_warnings.TryGive("", why, out var text))
        {
            log.Warning(
                "Ignored processes that the node {0} told of: {1}. If it belongs to a group of this node, let it join, or name it in "
                + "raft.contacts. Otherwise find out which program runs there, or set raft.security.",
                address,
                text);
        }
    }
}
