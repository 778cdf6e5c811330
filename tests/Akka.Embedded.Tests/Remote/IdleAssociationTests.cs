using Akka.Actor;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>An idle association is forgotten, unless it has state that a new one would lack.</summary>
public sealed class IdleAssociationTests : Systems
{
    [Fact]
    public async Task Associations_of_disconnected_clients_are_forgotten()
    {
        var server = Start("server");
        var (echo, ended) = (server.ActorOf(Props.Create(() => new Echo()), "echo"), Probe.Of<DisassociatedEvent>(server));
        for (var i = 0; i < 3; i++)
        {
            var client = Start("client");
            await Ref(client, echo, owner: server).Ask<string>("there", Probe.Patience);
            await client.Terminate().WaitAsync(Probe.Patience);
            await ended.NextAsync<DisassociatedEvent>();
            await ended.NextAsync<DisassociatedEvent>();
        }

        Assert.Equal(3, TransportOf(server).AssociationCount);
        LetTimePass(server, Association.IdleLimit);

        Assert.Equal(0, TransportOf(server).AssociationCount);
    }

    [Fact]
    public async Task Association_is_kept_when_it_is_idle_for_less_than_the_limit()
    {
        var server = Start("server");
        await CutClientOffAsync(server);

        LetTimePass(server, Association.IdleLimit - TimeSpan.FromSeconds(1));

        Assert.Equal(1, TransportOf(server).AssociationCount);
    }

    [Fact]
    public async Task Association_with_a_connection_is_kept_when_it_is_idle()
    {
        var (server, client) = (Start("server"), Start("client"));
        var echo = server.ActorOf(Props.Create(() => new Echo()), "echo");
        await Ref(client, echo, owner: server).Ask<string>("there", Probe.Patience);

        LetTimePass(server, 2 * Association.IdleLimit);
        LetTimePass(client, 2 * Association.IdleLimit);

        Assert.Equal((1, 1), (TransportOf(server).AssociationCount, TransportOf(client).AssociationCount));
    }

    [Fact]
    public async Task Reference_works_again_after_its_association_was_forgotten()
    {
        var server = Start("server");
        var (remote, proxy) = await CutClientOffAsync(server);
        LetTimePass(server, Association.IdleLimit);
        Assert.Equal(0, TransportOf(server).AssociationCount);

        var client = Restart("client", proxy);
        client.ActorOf(Props.Create(() => new Echo()), "echo");

        Assert.Equal("there", await remote.Ask<string>("there", Probe.Patience));
        Assert.Equal(1, TransportOf(server).AssociationCount);
    }

    [Fact]
    public async Task System_message_numbers_continue_after_a_long_disconnection()
    {
        var (server, toServer) = StartBehindProxy("server");
        var (client, toClient) = StartBehindProxy("client");
        string[] names = ["first", "second"];
        var echoes = names.Select(name => client.ActorOf(Props.Create(() => new Echo()), name)).ToList();
        var (watcher, ended) = (new Probe(server), Probe.Of<DisassociatedEvent>(server));
        watcher.Watch(Ref(server, echoes[0], owner: client));
        client.Stop(echoes[0]);
        await watcher.NextAsync<Terminated>();

        toServer.Cut();
        toClient.Cut();
        await ended.NextAsync<DisassociatedEvent>();
        await ended.NextAsync<DisassociatedEvent>();
        LetTimePass(server, 2 * Association.IdleLimit);
        Assert.Equal(1, TransportOf(server).AssociationCount);
        watcher.Watch(Ref(server, echoes[1], owner: client));
        client.Stop(echoes[1]);

        Assert.Equal("second", (await watcher.NextAsync<Terminated>()).ActorRef.Path.Name);
    }

    // The first tick sees it idle, and the second one sees it idle for this time.
    private static void LetTimePass(ActorSystem system, TimeSpan time)
    {
        var now = FailureDetector.MonotonicTime();
        TransportOf(system).Tick(now);
        TransportOf(system).Tick(now + time);
    }

    private async Task<(IActorRef Remote, TcpProxy Proxy)> CutClientOffAsync(ActorSystem server)
    {
        var (client, proxy) = StartBehindProxy("client");
        var echo = client.ActorOf(Props.Create(() => new Echo()), "echo");
        var ended = Probe.Of<DisassociatedEvent>(server);
        var remote = ((ExtendedActorSystem)server).Provider.ResolveActorRef($"{AddressOf(client)}/user/echo");
        Assert.Equal("there", await remote.Ask<string>("there", Probe.Patience));
        await client.Terminate().WaitAsync(Probe.Patience);
        await ended.NextAsync<DisassociatedEvent>();
        await ended.NextAsync<DisassociatedEvent>();
        return (remote, proxy);
    }
}
