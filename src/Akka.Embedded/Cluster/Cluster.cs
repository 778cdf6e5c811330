using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>
/// The membership of this node. It exists if <c>akka.actor.provider</c> is <c>cluster</c>. Any thread may call all methods. None of
/// them blocks; some return a task.
/// </summary>
public class Cluster : IExtension
{
    private readonly IActorRef _daemon;
    private readonly TaskCompletionSource _exiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ClusterActorRefProvider _provider;
    private volatile Gossip _gossip = Gossip.Empty;

    internal Cluster(ExtendedActorSystem system)
    {
        System = system;
        _provider = system.Provider as ClusterActorRefProvider ?? throw new ConfigurationException(
            $"The actor system {system.Name} is not a cluster node. Set akka.actor.provider to cluster.");
        Settings = new ClusterSettings(system.Settings.Config, system.Name);
        SelfUniqueAddress = new UniqueAddress(_provider.DefaultAddress, _provider.Transport.Uid);
        _daemon = system.SystemActorOf(Props.Create(() => new ClusterDaemon(this)), "cluster");
        AddShutdownTasks(CoordinatedShutdown.Get(system));
        if (!Settings.SeedNodes.IsEmpty)
        {
            JoinSeedNodes(Settings.SeedNodes);
        }
    }

    public ExtendedActorSystem System { get; }

    public ClusterSettings Settings { get; }

    public UniqueAddress SelfUniqueAddress { get; }

    public Address SelfAddress => SelfUniqueAddress.Address;

    public ImmutableHashSet<string> SelfRoles => Settings.Roles;

    /// <summary>This node as a member. Its status is Removed before it has joined and after it has left.</summary>
    public Member SelfMember =>
        _gossip.Find(SelfUniqueAddress) ?? new Member(SelfUniqueAddress, Member.NotYetUp, MemberStatus.Removed, SelfRoles);

    /// <summary>The cluster as this node sees it. It is never older than an event that a subscriber has received.</summary>
    public ClusterEvent.CurrentClusterState State => ClusterEventPublisher.StateOf(_gossip, SelfUniqueAddress);

    public bool IsTerminated => _terminated.Task.IsCompleted;

    public bool IsUp => SelfMember.Status == MemberStatus.Up;

    /// <exception cref="ConfigurationException">The actor system's provider is not <c>cluster</c>.</exception>
    public static Cluster Get(ActorSystem system) => system.WithExtension<Cluster, ClusterExtension>();

    /// <summary>
    /// Joins the node at an address and retries until it succeeds. The node's own address founds a new cluster. A member ignores
    /// it.
    /// </summary>
    public void Join(Address address) => _daemon.Tell(new ClusterCommand.JoinTo(Global(address)));

    /// <summary>
    /// Joins the first of these nodes that is a member. The first node of the list founds a cluster if none of the others is a
    /// member.
    /// </summary>
    public void JoinSeedNodes(IEnumerable<Address> seedNodes) =>
        _daemon.Tell(new ClusterCommand.JoinSeedNodes([.. seedNodes.Select(Global)]));

    /// <summary>Removes the node at an address gracefully: Leaving, Exiting, Removed.</summary>
    public void Leave(Address address) => _daemon.Tell(new ClusterCommand.Leave(Global(address)));

    /// <summary>Leaves the cluster. Completes when this node is removed.</summary>
    public Task LeaveAsync() => LeaveAsync(CancellationToken.None);

    /// <summary>Leaves the cluster. Cancelling ends the wait, but the node still leaves.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        Leave(SelfAddress);
        return _terminated.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Declares that the node at an address is gone for good. If it is only cut off, both sides continue as separate clusters. The
    /// caller is responsible for that decision.
    /// </summary>
    public void Down(Address address) => _daemon.Tell(new ClusterCommand.Down(Global(address)));

    public void Subscribe(IActorRef subscriber, params Type[] to) =>
        Subscribe(subscriber, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, to);

    /// <summary>Subscribes an actor to events of these types, until it unsubscribes or stops.</summary>
    /// <exception cref="ArgumentException">No type is given, or one is not a cluster event.</exception>
    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        if (to.Length == 0 || to.Any(type => !typeof(ClusterEvent.IClusterDomainEvent).IsAssignableFrom(type)))
        {
            throw new ArgumentException(
                $"Subscribe to IClusterDomainEvent or types of it, was [{string.Join(", ", to.Select(t => t.Name))}]",
                nameof(to));
        }
        _daemon.Tell(new ClusterCommand.Subscribe(subscriber, initialStateMode, [.. to]));
    }

    public void Unsubscribe(IActorRef subscriber) => _daemon.Tell(new ClusterCommand.Unsubscribe(subscriber, null));

    public void Unsubscribe(IActorRef subscriber, Type to) => _daemon.Tell(new ClusterCommand.Unsubscribe(subscriber, to));

    /// <summary>Sends one <see cref="ClusterEvent.CurrentClusterState"/> to the receiver.</summary>
    public void SendCurrentClusterState(IActorRef receiver) => _daemon.Tell(new ClusterCommand.SendCurrentClusterState(receiver));

    /// <summary>
    /// Calls back once this node is Up, or at once if it is. The daemon's thread runs the callback, which must not block.
    /// </summary>
    public void RegisterOnMemberUp(Action callback) => _daemon.Tell(new ClusterCommand.OnMemberUp(callback));

    /// <summary>Calls back once this node is removed or its actor system terminates. Calls back at once if that has happened.</summary>
    public void RegisterOnMemberRemoved(Action callback) =>
        _terminated.Task.ContinueWith(_ => callback(), TaskScheduler.Default);

    internal void Publish(Gossip gossip) => _gossip = gossip;

    internal void Terminated(Gossip last)
    {
        _gossip = last;
        _exiting.TrySetResult();
        _terminated.TrySetResult();
    }

    internal void SelfExiting()
    {
        if (_exiting.TrySetResult())
        {
            _ = CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        }
    }

    internal void SelfDowned()
    {
        if (Settings.RunCoordinatedShutdownWhenDown)
        {
            _ = CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
        }
    }

    /// <summary>Returns the node's own address for its local one, which the path of a local actor has.</summary>
    private Address Global(Address address) => address.HasLocalScope && address.System == SelfAddress.System ? SelfAddress : address;

    /// <summary>Leaves the cluster when the actor system shuts down, so that the other nodes need not detect its failure.</summary>
    private void AddShutdownTasks(CoordinatedShutdown shutdown)
    {
        Add(CoordinatedShutdown.PhaseClusterLeave, "leave", () =>
        {
            Leave(SelfAddress);
            return Task.CompletedTask;
        });
        Add(CoordinatedShutdown.PhaseClusterExiting, "wait-exiting", () =>
            _gossip.Members.IsEmpty ? Task.CompletedTask : _exiting.Task);
        Add(CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", () =>
        {
            _daemon.Tell(new ClusterCommand.ExitingCompleted());
            return Task.CompletedTask;
        });
        Add(CoordinatedShutdown.PhaseClusterShutdown, "wait-shutdown", () => _terminated.Task);

        void Add(string phase, string name, Func<Task> task) => shutdown.AddTask(phase, name, async () =>
        {
            if (!IsTerminated)
            {
                await task().ConfigureAwait(false);
            }
            return Done.Instance;
        });
    }
}

public class ClusterExtension : ExtensionIdProvider<Cluster>
{
    public override Cluster CreateExtension(ExtendedActorSystem system) => new(system);
}
