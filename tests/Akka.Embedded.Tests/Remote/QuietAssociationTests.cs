using Akka.Actor;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>What is known of an address that nobody uses any more is forgotten, and nothing that still counts is.</summary>
public sealed class QuietAssociationTests : Systems
{
    [Fact]
    public async Task Clients_that_came_and_went_leave_nothing_behind()
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
        LetTimePass(server, Association.QuietLimit);

        Assert.Equal(0, TransportOf(server).AssociationCount);
    }

    [Fact]
    public async Task Address_that_was_quiet_for_a_shorter_time_is_remembered()
    {
        var server = Start("server");
        await CutClientOffAsync(server);

        LetTimePass(server, Association.QuietLimit - TimeSpan.FromSeconds(1));

        Assert.Equal(1, TransportOf(server).AssociationCount);
    }

    [Fact]
    public async Task Address_that_is_connected_is_remembered_however_quiet_it_is()
    {
        var (server, client) = (Start("server"), Start("client"));
        var echo = server.ActorOf(Props.Create(() => new Echo()), "echo");
        await Ref(client, echo, owner: server).Ask<string>("there", Probe.Patience);

        LetTimePass(server, 2 * Association.QuietLimit);
        LetTimePass(client, 2 * Association.QuietLimit);

        Assert.Equal((1, 1), (TransportOf(server).AssociationCount, TransportOf(client).AssociationCount));
    }

    [Fact]
    public async Task Reference_to_an_address_that_was_forgotten_leads_there_when_somebody_listens_again()
    {
        var server = Start("server");
        var (remote, proxy) = await CutClientOffAsync(server);
        LetTimePass(server, Association.QuietLimit);
        Assert.Equal(0, TransportOf(server).AssociationCount);

        var client = Restart("client", proxy);
        client.ActorOf(Props.Create(() => new Echo()), "echo");

        Assert.Equal("there", await remote.Ask<string>("there", Probe.Patience));
        Assert.Equal(1, TransportOf(server).AssociationCount);
    }

    [Fact]
    public async Task System_messages_are_still_counted_when_a_peer_was_cut_off_for_long()
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
        LetTimePass(server, 2 * Association.QuietLimit);
        Assert.Equal(1, TransportOf(server).AssociationCount);
        watcher.Watch(Ref(server, echoes[1], owner: client));
        client.Stop(echoes[1]);

        Assert.Equal("second", (await watcher.NextAsync<Terminated>()).ActorRef.Path.Name);
    }

    // It is seen to be quiet, and again so much later.
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
