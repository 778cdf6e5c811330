using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// The other nodes that the registry of this one knows. Any program that reaches the node may send a Hello, so the nodes that no group and
/// no contact names share bounds. A named node is outside of them: however many unnamed ones there are, its Hellos count. For the
/// registry's thread only.
/// </summary>
internal sealed class KnownNodes(ILoggingAdapter log, TimeProvider clock)
{
    /// <summary>The most nodes that nobody names. Further ones are ignored until one of them is gone.</summary>
    public const int UnnamedMax = 1024;

    /// <summary>
    /// The most characters in the lists of processes of all these nodes, as <see cref="HelloParts.SizeOf(LocalProcess)"/> counts them.
    /// </summary>
    public const long UnnamedSizeMax = HelloParts.SizeMax;

    private readonly SortedDictionary<Address, KnownNode> _nodes = [];
    private readonly WarningLimit _warnings = new(clock);
    private int _unnamed;

    public int Count => _nodes.Count;

    public IEnumerable<KnownNode> All => _nodes.Values;

    private IEnumerable<KnownNode> Unnamed => _nodes.Values.Where(node => !node.IsNamed);

    /// <summary>Null: the node is not known.</summary>
    public KnownNode? Find(Address address) => _nodes.GetValueOrDefault(address);

    /// <summary>A group or a contact names the node.</summary>
    public KnownNode Name(Address address)
    {
        var node = Find(address) ?? Add(address);
        _unnamed -= node.IsNamed ? 0 : 1;
        node.IsNamed = true;
        return node;
    }

    /// <summary>Nobody names the node any more. It stays, though there may be as many unnamed nodes as fit.</summary>
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

    /// <summary>Takes a Hello of a node. Null: its list is not complete, is outdated, or has no room.</summary>
    public (KnownNode Node, ImmutableArray<LocalProcess> Processes)? Take(Address address, WireMessage.Hello hello, TimeSpan now)
    {
        // First, because a flood of unnamed nodes should cost little.
        if (Find(address) is null && _unnamed >= UnnamedMax)
        {
            Warn(address, $"{UnnamedMax} nodes that no group names are known already");
            return null;
        }

        var size = HelloParts.SizeOf(hello);
        if (Find(address) is not { IsNamed: true } && Unnamed.Sum(node => node.Size) + size > UnnamedSizeMax)
        {
            Warn(address, $"nodes that no group names tell of too many processes (more than {UnnamedSizeMax} characters)");
            return null;
        }

        var node = Find(address) ?? Add(address);
        node.HeardAt = now;
        if (node.Parts.Size + size + (hello.Since is null ? 0 : node.SizeOfList) > HelloParts.SizeMax)
        {
            Warn(address, $"it tells of too many processes (more than {HelloParts.SizeMax} characters)");
            return null;
        }

        return node.Parts.Add(hello) is { } processes ? (node, OfNode(node, processes)) : null;
    }

    // Otherwise one node could make this one connect to any number of addresses. All engines of a list are on the node that tells of them.
    private ImmutableArray<LocalProcess> OfNode(KnownNode node, ImmutableArray<LocalProcess> processes)
    {
        bool IsThere(LocalProcess process) => node.Has(process)
            || (WirePath.TryParse(process.Engine, out var path) && path.Address.Equals(node.Address));
        if (processes.All(IsThere))
        {
            return processes;
        }

        Warn(node.Address, "it tells of engines that are not on it");
        return [.. processes.Where(IsThere)];
    }

    private KnownNode Add(Address address)
    {
        var node = new KnownNode(address);
        _nodes.Add(address, node);
        _unnamed++;
        return node;
    }

    // The address is no part of the key, since a program may send from many.
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
