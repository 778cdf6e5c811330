using Akka.Actor;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>References beyond this process: paths with another system's address become <see cref="RemoteActorRef"/>s.</summary>
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

    /// <summary>The only actor whose watches go over the wire; all others watch through it.</summary>
    public InternalActorRef RemoteWatcher { get; private set; } = null!; // Justification: as above.

    /// <summary>Under which others reach this system: <c>akka.tcp://name@host:port</c>.</summary>
    public override Address DefaultAddress => Transport.LocalAddress;

    public override void Init()
    {
        // First the port: without it nothing else needs to be begun.
        Transport = new TcpTransport(System, this, RemoteSettings);
        base.Init();
        RemoteWatcher = InternalActorRef.Of(System.SystemActorOf(Props.Create(() => new RemoteWatcher(this)), "remote-watcher"));
        Transport.Start();
    }

    public override Task ShutDownAsync() => Transport is null ? Task.CompletedTask : Transport.StopAsync();

    public override Address? GetExternalAddressFor(Address address) =>
        address.HasLocalScope ? base.GetExternalAddressFor(address) : DefaultAddress;

    public override InternalActorRef Resolve(ActorPath path)
    {
        if (path.Address == RootPath.Address || path.Address == DefaultAddress)
        {
            return ResolveLocal(path);
        }
        return path.Address.HasLocalScope ? DeadLetterRef : new RemoteActorRef(this, Transport.For(path.Address), path);
    }

    /// <summary>As Resolve, from a path off the wire; what is no path leads to the dead letters.</summary>
    public InternalActorRef ResolveInternal(string path) => InternalActorRef.Of(ResolveActorRef(path));

    /// <summary>Tells all watchers of actors at an address that these are dead.</summary>
    public void AddressTerminated(Address address) => System.AddressTerminatedTopic.Publish(new AddressTerminated(address));

    /// <summary>For constructors: a system that does without remoting, or cluster, has no keys of theirs.</summary>
    protected void AddDefaults(string resource) =>
        Settings.InjectTopLevelFallback(ConfigurationFactory.FromResource(resource, typeof(RemoteActorRefProvider).Assembly));
}
