using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>
/// This node's membership. It begins with the actor system, if <c>akka.actor.provider</c> is <c>cluster</c>. Every method may
/// be called from any thread; none waits, but for the tasks it returns.
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
            $"The actor system {system.Name} is no member of any cluster. Set akka.actor.provider to cluster.");
        Settings = new ClusterSettings(system.Settings.Config, system.Name);
        SelfUniqueAddress = new UniqueAddress(_provider.DefaultAddress, _provider.Transport.Uid);
        _daemon = system.SystemActorOf(Props.Create(() => new ClusterDaemon(this)), "cluster");
        TakePartInShutdown(CoordinatedShutdown.Get(system));
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

    /// <summary>This node as a member; Removed before it has joined and after it has left.</summary>
    public Member SelfMember =>
        _gossip.Find(SelfUniqueAddress) ?? new Member(SelfUniqueAddress, Member.NotYetUp, MemberStatus.Removed, SelfRoles);

    /// <summary>The cluster as this node sees it; never behind an event that a subscriber has received.</summary>
    public ClusterEvent.CurrentClusterState State => ClusterEventPublisher.StateOf(_gossip, SelfUniqueAddress);

    public bool IsTerminated => _terminated.Task.IsCompleted;

    public bool IsUp => SelfMember.Status == MemberStatus.Up;

    /// <exception cref="ConfigurationException">The actor system's provider is not <c>cluster</c>.</exception>
    public static Cluster Get(ActorSystem system) => system.WithExtension<Cluster, ClusterExtension>();

    /// <summary>Joins the node at an address; its own founds a new cluster. Tried until it succeeds. Ignored by a member.</summary>
    public void Join(Address address) => _daemon.Tell(new ClusterCommand.JoinTo(address));

    /// <summary>
    /// Joins the first of these that is a member. The first in the list founds the cluster if none of the others knows one.
    /// </summary>
    public void JoinSeedNodes(IEnumerable<Address> seedNodes) => _daemon.Tell(new ClusterCommand.JoinSeedNodes([.. seedNodes]));

    /// <summary>A graceful goodbye for the node at an address: Leaving, Exiting, removed.</summary>
    public void Leave(Address address) => _daemon.Tell(new ClusterCommand.Leave(address));

    /// <summary>Leaves; completes when this node is removed.</summary>
    public Task LeaveAsync() => LeaveAsync(CancellationToken.None);

    /// <summary>Leaves; the token ends the waiting, not the leaving.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        Leave(SelfAddress);
        return _terminated.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Declares that the node at an address is gone for good. If it is not, but cut off, then both sides go on as clusters of
    /// their own; that decision is the caller's.
    /// </summary>
    public void Down(Address address) => _daemon.Tell(new ClusterCommand.Down(address));

    public void Subscribe(IActorRef subscriber, params Type[] to) =>
        Subscribe(subscriber, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, to);

    /// <summary>The subscriber hears of events of these types until it unsubscribes or stops.</summary>
    /// <exception cref="ArgumentException">There is no type, or one that is no cluster event.</exception>
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

    /// <summary>Sends the receiver one <see cref="ClusterEvent.CurrentClusterState"/>.</summary>
    public void SendCurrentClusterState(IActorRef receiver) => _daemon.Tell(new ClusterCommand.SendCurrentClusterState(receiver));

    /// <summary>Calls back, on the daemon's thread, once this node is Up; at once if it is. Must not block.</summary>
    public void RegisterOnMemberUp(Action callback) => _daemon.Tell(new ClusterCommand.OnMemberUp(callback));

    /// <summary>Calls back once this node has been removed or its actor system ends; at once if so.</summary>
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

    /// <summary>An ending actor system leaves first, so that the others need not find out by missing it.</summary>
    private void TakePartInShutdown(CoordinatedShutdown shutdown)
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
