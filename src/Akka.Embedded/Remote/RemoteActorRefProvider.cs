using Akka.Actor;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>Provides references across systems. A path with another system's address becomes a <see cref="RemoteActorRef"/>.</summary>
internal class RemoteActorRefProvider : LocalActorRefProvider
{
    public RemoteActorRefProvider(ActorSystemImpl system)
        : base(system)
    {
        AddDefaults("Akka.Embedded.Remote.reference.conf");
        RemoteSettings = new RemoteSettings(system.Settings.Config.GetConfig("akka.remote")!); // Justification: just added.
    }

    public RemoteSettings RemoteSettings { get; }

    public TcpTransport Transport { get; private set; } = null!; // Justification: set by Init, before any actor can run.

    /// <summary>The only actor with watches across the network. All other actors watch through it.</summary>
    public InternalActorRef RemoteWatcher { get; private set; } = null!; // Justification: as above.

    /// <summary>The address at which other systems reach this one: <c>akka.tcp://name@host:port</c>.</summary>
    public override Address DefaultAddress => Transport.LocalAddress;

    public override void Init()
    {
        // Open the port first. If that fails, no other service has started.
        Transport = new TcpTransport(System, this, RemoteSettings);
        base.Init();
        RemoteWatcher = InternalActorRef.Of(System.SystemActorOf(Props.Create(() => new RemoteWatcher(this)), Remote.RemoteWatcher.Name));
        Transport.Start();
    }

    public override Task ShutDownAsync() => Transport is null ? Task.CompletedTask : Transport.StopAsync();

    public override InternalActorRef Resolve(ActorPath path)
    {
        if (path.Address == RootPath.Address || path.Address == DefaultAddress)
        {
            return ResolveLocal(path);
        }
        return path.Address.HasLocalScope ? DeadLetterRef : new RemoteActorRef(this, path);
    }

    /// <summary>Resolves a path from the network. A malformed path resolves to the dead letters.</summary>
    public InternalActorRef ResolveInternal(string path) => InternalActorRef.Of(ResolveActorRef(path));

    /// <summary>
    /// The remote watcher of another system, without a uid. So an actor has at most one watcher for each address, however often a
    /// peer reconnects as a new incarnation.
    /// </summary>
    public InternalActorRef RemoteWatcherAt(Address address) =>
        Resolve(new RootActorPath(address) / "system" / Remote.RemoteWatcher.Name);

    /// <summary>Tells the watchers of actors at an address that those are dead.</summary>
    public void AddressTerminated(Address address) => System.AddressTerminatedTopic.Publish(new AddressTerminated(address));

    /// <summary>Ends all watches of another system, as if it had sent an Unwatch to each actor.</summary>
    public void EndWatches(Address address) => System.AddressTerminatedTopic.Unwatch(RemoteWatcherAt(address));

    /// <summary>Adds a default configuration. For constructors: a system without remoting or cluster has none of their keys.</summary>
    protected void AddDefaults(string resource) =>
        Settings.InjectTopLevelFallback(ConfigurationFactory.FromResource(resource, typeof(RemoteActorRefProvider).Assembly));
}
