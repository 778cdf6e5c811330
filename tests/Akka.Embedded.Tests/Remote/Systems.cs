using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>The actor systems of one test, each on a port of 127.0.0.1. All are terminated after the test.</summary>
public abstract class Systems : IAsyncLifetime
{
    private const string Common = """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        """;

    private readonly List<ActorSystem> _systems = [];
    private readonly List<TcpProxy> _proxies = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_systems.Select(system => system.Terminate())).WaitAsync(Probe.Patience);
        _proxies.ForEach(proxy => proxy.Dispose());
    }

    private protected ActorSystem Start(string name, string config = "")
    {
        var system = ActorSystem.Create(name, ConfigurationFactory.ParseString(config).WithFallback(Common));
        _systems.Add(system);
        return system;
    }

    /// <summary>Starts a system whose inbound connections pass a proxy, which the test can cut or freeze.</summary>
    private protected (ActorSystem System, TcpProxy Proxy) StartBehindProxy(string name, string config = "")
    {
        var proxy = new TcpProxy();
        _proxies.Add(proxy);
        return (Restart(name, proxy, config), proxy);
    }

    /// <summary>Starts a new incarnation at the address of a system behind a proxy.</summary>
    private protected ActorSystem Restart(string name, TcpProxy proxy, string config = "")
    {
        var system = Start(name, $"akka.remote.dot-netty.tcp.public-port = {proxy.Port}\n{config}");
        proxy.TargetPort = TransportOf(system).BoundPort;
        return system;
    }

    private protected static TcpTransport TransportOf(ActorSystem system) =>
        ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;

    /// <summary>Waits until a system has so many inbound connections.</summary>
    private protected static Task LinksAsync(ActorSystem system, int count) =>
        UntilAsync(() => TransportOf(system).Acceptor.LinkCount == count);

    private protected static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Probe.Patience);
        while (!condition())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private protected static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>Creates a reference of one system to an actor of another.</summary>
    private protected static IActorRef Ref(ActorSystem from, IActorRef to, ActorSystem owner) =>
        ((ExtendedActorSystem)from).Provider.ResolveActorRef(to.Path.ToSerializationFormatWithAddress(AddressOf(owner)));
}
