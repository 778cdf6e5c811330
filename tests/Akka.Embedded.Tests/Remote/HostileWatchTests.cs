using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using static Akka.Remote.RemoteSystemMessage;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Peers that send system messages which no honest peer sends.</summary>
public sealed class HostileWatchTests : Systems
{
    private const string Logged = "akka.loglevel = WARNING\nakka.loggers = []";

    [Fact]
    public async Task Watch_for_an_actor_of_another_system_is_dropped_without_a_connection_to_it()
    {
        var b = Start("b", Logged);
        var warnings = Probe.Of<Warning>(b);
        using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);

        await SendAsync(peer, Kind.Watch, "akka.tcp://x@127.0.0.1:7/user/a");
        await HandledByRemoteWatcherAsync(b);

        Assert.Equal(1, TransportOf(b).AssociationCount);
        Assert.Contains("about akka.tcp://x@127.0.0.1:7/user/a was dropped", await LineAsync(warnings));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task End_of_an_actor_that_is_not_the_peers_is_dropped(bool isOfThirdSystem)
    {
        var (b, c) = (Start("b", Logged), Start("c"));
        var (warnings, watcher) = (Probe.Of<Warning>(b), new Probe(b));
        var owner = isOfThirdSystem ? c : b;
        var watched = Ref(b, owner.ActorOf(Props.Create(() => new Echo())), owner);
        watcher.Watch(watched);
        await watcher.ExpectAsync<Probe.WatchThis>();
        await HandledByRemoteWatcherAsync(b);
        using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);

        await SendAsync(peer, Kind.Ended, watched.Path.ToSerializationFormatWithAddress(AddressOf(owner)));
        // Of the first answer follows that the message was handled, of the second that its Terminated was.
        await HandledByRemoteWatcherAsync(b);
        await HandledByRemoteWatcherAsync(b);
        watcher.Ref.Tell("next");

        Assert.Equal("next", await watcher.ExpectAsync<string>());
        Assert.Contains("(Ended) from akka.tcp://raw@invented:1", await LineAsync(warnings));
    }

    [Fact]
    public async Task Incarnations_at_one_address_are_one_watcher()
    {
        var b = Start("b");
        var echo = b.ActorOf(Props.Create(() => new Echo()));

        for (var uid = 1; uid <= 10; uid++)
        {
            using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, uid: uid);
            await SendAsync(peer, Kind.Watch, PathOf(b, echo));
        }
        Assert.Equal(1, await WatcherCountAsync(echo));

        using var last = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, uid: 11);
        await SendAsync(last, Kind.Unwatch, PathOf(b, echo));
        Assert.Equal(0, await WatcherCountAsync(echo));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watches_of_a_peer_end_when_its_address_is_forgotten(bool isRestarted)
    {
        var b = Start("b");
        var (transport, echo) = (TransportOf(b), b.ActorOf(Props.Create(() => new Echo())));
        using (var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b))
        {
            await SendAsync(peer, Kind.Watch, PathOf(b, echo));
        }
        await LinksAsync(b, count: 0);
        if (isRestarted)
        {
            using var restarted = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, uid: 2);
        }
        await LinksAsync(b, count: 0);

        var now = FailureDetector.MonotonicTime();
        transport.Tick(now);
        transport.Tick(now + Association.IdleLimit);
        Assert.Equal((1, 1), (transport.AssociationCount, await WatcherCountAsync(echo)));
        await UntilAsync(() => transport.Associations.All.Single().TryForget(evenWithState: true));

        Assert.Equal(0, await WatcherCountAsync(echo));
    }

    [Fact]
    public async Task Peer_cannot_stop_an_actor_by_a_system_message()
    {
        var b = Start("b");
        var echo = b.ActorOf(Props.Create(() => new Echo()));
        using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);

        await WriteAsync(peer, (Kind)4, PathOf(b, echo));
        await peer.ReadToEndAsync();

        Assert.Equal("there", await echo.Ask<string>("there", Probe.Patience));
    }

    private static async Task SendAsync(RawPeer peer, Kind kind, string watched)
    {
        await WriteAsync(peer, kind, watched);
        Assert.Equal(FrameKind.Acknowledgement, (await peer.ReadFrameAsync()).Kind);
    }

    // The first of its connection.
    private static Task WriteAsync(RawPeer peer, Kind kind, string watched) =>
        peer.WriteFrameAsync(FrameKind.SystemMessage, writer =>
        {
            writer.WriteVarint(1);
            writer.WriteByte((byte)kind);
            writer.WriteText(watched);
            writer.WriteBoolean(true);
        });

    private static Task HandledByRemoteWatcherAsync(ActorSystem system) =>
        TransportOf(system).Provider.RemoteWatcher.Ask<ActorIdentity>(new Identify(null), Probe.Patience);

    private static async Task<int> WatcherCountAsync(IActorRef actor)
    {
        await actor.Ask<ActorIdentity>(new Identify(null), Probe.Patience);
        return ((LocalActorRef)actor).Cell.DeathWatch.WatcherCount;
    }

    private static string PathOf(ActorSystem system, IActorRef actor) => actor.Path.ToSerializationFormatWithAddress(AddressOf(system));

    private static async Task<string> LineAsync(Probe warnings) =>
        (await warnings.NextAsync<Warning>()).Message.ToString()!; // Justification: a log line has a text.
}
