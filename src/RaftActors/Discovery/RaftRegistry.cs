using System.Collections.Immutable;

using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Wire;

using ClusterMember = Akka.Cluster.Member;

namespace RaftActors.Discovery;

/// <summary>
/// <c>/system/raft</c>: knows the raft processes of this node, and by greeting its namesakes on the cluster's other nodes with the role
/// <c>raft</c> those of theirs; introduces the processes of one group to each other. What it says about nodes that are silent or gone is
/// a hint.
/// </summary>
internal sealed class RaftRegistry : ReceiveActor, IWithTimers
{
    /// <summary>Nodes of the cluster that lack this role are not looked at.</summary>
    public const string Role = "raft";

    private readonly SortedDictionary<(string Group, ProcessName Name), Local> _local = [];
    private readonly Dictionary<Address, Node> _nodes = [];
    private readonly Cluster? _cluster;

    public RaftRegistry()
    {
        var system = Context.System;
        _cluster = ClusterCheck.IsClustered(system) ? Cluster.Get(system) : null;

        Receive<ToEngine.Attach>(attach => RoomOf(attach.Process.Settings.Group).Forward(attach));
        Receive<EngineStarted>(OnEngineStarted);
        Receive<WireMessage.Hello>(OnHello);
        Receive<ClusterEvent.MemberUp>(up => OnMemberUp(up.Member));
        Receive<ClusterEvent.MemberRemoved>(removed => OnMemberRemoved(removed.Member));
        Receive<ClusterEvent.UnreachableMember>(unreachable => OnReachability(unreachable.Member.Address, false));
        Receive<ClusterEvent.ReachableMember>(reachable => OnReachability(reachable.Member.Address, true));
        Receive<DisassociatedEvent>(disassociated => OnReachability(disassociated.RemoteAddress, false));
        Receive<GreetTime>(_ => GreetAll());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart()
    {
        if (_cluster is null)
        {
            return;
        }

        _cluster.Subscribe(
            Self,
            ClusterEvent.InitialStateAsEvents,
            typeof(ClusterEvent.MemberUp),
            typeof(ClusterEvent.MemberRemoved),
            typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        var interval = Context.System.Settings.Config.GetTimeSpan("raft.discovery-interval");
        Timers.StartPeriodicTimer(GreetTime.Instance, GreetTime.Instance, interval);
    }

    protected override void PostStop() => _cluster?.Unsubscribe(Self);

    private static IActorRef RoomOf(string group)
    {
        var name = Uri.EscapeDataString(group);
        var room = Context.Child(name);
        return room.IsNobody() ? Context.ActorOf(Props.Create(() => new GroupRoom()), name) : room;
    }

    private void OnEngineStarted(EngineStarted started)
    {
        var process = started.Process;
        var group = process.Settings.Group;
        foreach (var (key, other) in _local.Where(each => each.Key.Group == group))
        {
            other.Engine.Tell(new PeerNews.Found(process.Pid.Name, process.Pid.Number, Sender));
            Sender.Tell(new PeerNews.Found(key.Name, other.Number, other.Engine));
        }

        _local.Add((group, process.Pid.Name), new Local(process.Pid.Number, Sender));
        foreach (var node in _nodes.Values.OrderBy(node => node.Address, ClusterMember.AddressOrdering))
        {
            node.HasAnswered = false;
            Introduce(node, Sender, group);
        }

        GreetAll();
    }

    private void OnHello(WireMessage.Hello hello)
    {
        var address = Sender.Path.Address;
        if (!_nodes.TryGetValue(address, out var node))
        {
            node = new Node(address);
            _nodes.Add(address, node);
        }

        node.Processes = hello.Processes;
        node.IsReachable = true;
        foreach (var (key, local) in _local)
        {
            Introduce(node, local.Engine, key.Group);
        }

        if (hello.IsReply)
        {
            node.HasAnswered = true;
        }
        else
        {
            Sender.Tell(ToHello(isReply: true), Self);
        }
    }

    private void OnMemberUp(ClusterMember member)
    {
        if (member.HasRole(Role) && !member.Address.Equals(_cluster?.SelfAddress))
        {
            _nodes.TryAdd(member.Address, new Node(member.Address));
            _nodes[member.Address].HasAnswered = false;
            Greet(member.Address);
        }
    }

    private void OnMemberRemoved(ClusterMember member)
    {
        OnReachability(member.Address, false);
        _nodes.Remove(member.Address);
    }

    private void OnReachability(Address address, bool isReachable)
    {
        if (!_nodes.TryGetValue(address, out var node) || node.IsReachable == isReachable)
        {
            return;
        }

        node.IsReachable = isReachable;
        node.HasAnswered = false;
        foreach (var process in node.Processes)
        {
            PeerNews news = isReachable
                ? new PeerNews.Reachable(process.Name, address)
                : new PeerNews.Unreachable(process.Name, address);
            foreach (var (_, local) in _local.Where(each => each.Key.Group == process.Group))
            {
                local.Engine.Tell(news);
            }
        }
    }

    private void GreetAll()
    {
        foreach (var node in _nodes.Values.Where(node => !node.HasAnswered))
        {
            Greet(node.Address);
        }
    }

    // Having nothing to tell yet it asks nobody: the first engine will.
    private void Greet(Address address)
    {
        if (_local.Count > 0)
        {
            Context.ActorSelection(new RootActorPath(address) / "system" / "raft").Tell(ToHello(isReply: false), Self);
        }
    }

    private WireMessage.Hello ToHello(bool isReply) => new(
        [.. _local.Select(each => new LocalProcess(
            each.Key.Group,
            each.Key.Name,
            each.Value.Number,
            each.Value.Engine.Path.ToSerializationFormatWithAddress(_cluster?.SelfAddress ?? Self.Path.Address)))],
        isReply);

    private static void Introduce(Node node, IActorRef engine, string group)
    {
        foreach (var process in node.Processes.Where(process => process.Group == group))
        {
            var peer = ((ExtendedActorSystem)Context.System).Provider.ResolveActorRef(process.Engine);
            engine.Tell(new PeerNews.Found(process.Name, process.Number, peer));
        }
    }

    /// <summary>Its sender is the engine.</summary>
    internal sealed record EngineStarted(RaftProcess Process);

    private sealed record Local(long Number, IActorRef Engine);

    private sealed class Node(Address address)
    {
        public Address Address { get; } = address;

        public ImmutableArray<LocalProcess> Processes { get; set; } = [];

        public bool IsReachable { get; set; } = true;

        // It has answered since our list last changed; until then it is greeted again and again.
        public bool HasAnswered { get; set; }
    }

    private sealed class GreetTime
    {
        public static GreetTime Instance { get; } = new();
    }
}
