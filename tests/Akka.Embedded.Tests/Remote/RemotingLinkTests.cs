using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Failing connections and wrong peers.</summary>
public sealed class RemotingLinkTests : Systems
{
    private const string QuickLink = """
        akka.remote.transport-failure-detector { heartbeat-interval = 50ms, acceptable-heartbeat-pause = 1s }
        """;

    private const string QuickWatch = """
        akka.remote.watch-failure-detector { heartbeat-interval = 50ms, acceptable-heartbeat-pause = 1s }
        akka.remote.watch-failure-detector.unreachable-nodes-reaper-interval = 50ms
        """;

    [Fact]
    public async Task Lost_connection_is_reported_and_a_pending_watch_reconnects()
    {
        var a = Start("a");
        var (b, proxy) = StartBehindProxy("b");
        var (events, watcher) = (Probe.Of<AssociationEvent>(a), new Probe(a));
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");
        var remote = Ref(a, echo, owner: b);
        await remote.Ask<string>("there", Probe.Patience);
        await events.NextAsync<AssociatedEvent>(e => !e.IsInbound);

        proxy.Cut();
        await events.NextAsync<DisassociatedEvent>(e => !e.IsInbound);
        watcher.Watch(remote);
        await events.NextAsync<AssociatedEvent>(e => !e.IsInbound);

        Assert.Equal("again", await remote.Ask<string>("again", Probe.Patience));
        b.Stop(echo);
        await watcher.NextAsync<Terminated>();
    }

    [Fact]
    public async Task System_messages_in_flight_when_the_connection_is_cut_arrive_over_the_next_one()
    {
        var a = Start("a");
        var (b, proxy) = StartBehindProxy("b");
        var watcher = new Probe(a);
        var echoes = Enumerable.Range(0, 50).Select(i => b.ActorOf(Props.Create(() => new Echo()), $"echo{i}")).ToList();
        await Ref(a, echoes[0], owner: b).Ask<string>("there", Probe.Patience);

        proxy.Freeze();
        echoes.ForEach(echo => watcher.Watch(Ref(a, echo, owner: b)));
        for (var i = 0; i < 50; i++)
        {
            await watcher.NextAsync<Probe.WatchThis>();
        }
        proxy.Cut();
        proxy.Thaw();
        echoes.ForEach(b.Stop);

        var ended = new HashSet<string>();
        while (ended.Count < 50)
        {
            ended.Add((await watcher.NextAsync<Terminated>()).ActorRef.Path.Name);
        }
    }

    [Fact]
    public async Task Messages_beyond_the_buffer_of_a_stuck_link_become_dead_letters_and_the_rest_arrives_when_it_moves()
    {
        var a = Start("a");
        var (b, proxy) = StartBehindProxy("b");
        var (lost, probe) = (Probe.Of<DeadLetter>(a), new Probe(b));
        var remote = Ref(a, probe.Ref, owner: b);
        remote.Tell("first");
        await probe.ExpectAsync<string>();
        const int Size = 128_000;

        proxy.Freeze();
        var sent = 0;
        for (; sent < 2 * OutboundLink.BufferLimitBytes / Size; sent++)
        {
            remote.Tell(new byte[Size]);
        }
        await lost.NextAsync<DeadLetter>(letter => letter.Message is byte[]);
        proxy.Thaw();

        for (var received = 0; received < OutboundLink.BufferLimitBytes / Size; received++)
        {
            await probe.ExpectAsync<byte[]>();
        }
    }

    [Fact]
    public async Task Silent_link_is_detected_by_both_ends()
    {
        var a = Start("a", QuickLink);
        var (b, proxy) = StartBehindProxy("b", QuickLink);
        var (atA, atB) = (Probe.Of<AssociationErrorEvent>(a), Probe.Of<AssociationErrorEvent>(b));
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");
        await Ref(a, echo, owner: b).Ask<string>("there", Probe.Patience);

        proxy.Freeze();

        Assert.Contains("silent", (await atA.NextAsync<AssociationErrorEvent>(e => !e.IsInbound)).Cause.Message);
        Assert.Contains("silent", (await atB.NextAsync<AssociationErrorEvent>(e => e.IsInbound)).Cause.Message);
    }

    [Fact]
    public async Task System_that_falls_silent_is_quarantined_and_its_watched_actors_count_as_dead()
    {
        var a = Start("a", QuickWatch);
        var (b, proxy) = StartBehindProxy("b");
        var (quarantined, watcher) = (Probe.Of<QuarantinedEvent>(a), new Probe(a));
        var remote = Ref(a, b.ActorOf(Props.Create(() => new Echo()), "echo"), owner: b);
        watcher.Watch(remote);
        await remote.Ask<string>("there", Probe.Patience);

        proxy.Freeze();
        var terminated = await watcher.NextAsync<Terminated>();

        Assert.Equal(remote, terminated.ActorRef);
        Assert.True(terminated.AddressTerminated);
        Assert.Equal(TransportOf(b).Uid, (await quarantined.NextAsync<QuarantinedEvent>()).Uid);
    }

    [Fact]
    public async Task Connection_to_a_wrong_address_is_refused_with_both_addresses()
    {
        var (a, b) = (Start("a"), Start("b"));
        var (events, lost) = (Probe.Of<AssociationErrorEvent>(a), Probe.Of<DeadLetter>(a));
        var wrong = new Address("akka.tcp", "b", "localhost", AddressOf(b).Port);

        ((ExtendedActorSystem)a).Provider.ResolveActorRef($"{wrong}/user/echo").Tell("hello");

        var error = (await events.NextAsync<AssociationErrorEvent>()).Cause.Message;
        Assert.Contains(wrong.ToString(), error);
        Assert.Contains(AddressOf(b).ToString(), error);
        Assert.Equal("hello", (await lost.NextAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Message_to_a_port_without_a_listener_becomes_a_dead_letter()
    {
        var a = Start("a");
        var lost = Probe.Of<DeadLetter>(a);
        using var placeholder = new Socket(SocketType.Stream, ProtocolType.Tcp);
        placeholder.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Bound but not listening, so no other test can get the port.
        var port = ((IPEndPoint)placeholder.LocalEndPoint!).Port;

        ((ExtendedActorSystem)a).Provider.ResolveActorRef($"akka.tcp://b@127.0.0.1:{port}/user/echo").Tell("hello");

        Assert.Equal("hello", (await lost.NextAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Restarted_system_is_a_new_incarnation_and_communicates_at_once()
    {
        var a = Start("a");
        var (former, proxy) = StartBehindProxy("b");
        var uid = TransportOf(former).Uid;
        var echoAtA = a.ActorOf(Props.Create(() => new Echo()), "echo");
        await Ref(a, former.ActorOf(Props.Create(() => new Echo()), "echo"), owner: former).Ask<string>("there", Probe.Patience);
        var watcher = new Probe(former);
        watcher.Watch(Ref(former, a.ActorOf(Props.Create(() => new Echo()), "brief"), owner: a));
        a.ActorSelection("/user/brief").Tell(PoisonPill.Instance);
        await watcher.NextAsync<Terminated>();

        await former.Terminate().WaitAsync(Probe.Patience);
        var b = Restart("b", proxy);

        Assert.NotEqual(uid, TransportOf(b).Uid);
        Assert.Equal("back", await Ref(b, echoAtA, owner: a).Ask<string>("back", Probe.Patience));
        // System messages are numbered anew, so the first one is not taken for a duplicate of the earlier incarnation.
        var watcherAtB = new Probe(b);
        watcherAtB.Watch(Ref(b, echoAtA, owner: a));
        a.Stop(echoAtA);
        await watcherAtB.NextAsync<Terminated>();
    }

    [Fact]
    public async Task Watcher_receives_Terminated_when_the_actors_system_was_restarted()
    {
        var a = Start("a", "akka.remote.watch-failure-detector.heartbeat-interval = 50ms");
        var (former, proxy) = StartBehindProxy("b");
        var watcher = new Probe(a);
        var remote = Ref(a, former.ActorOf(Props.Create(() => new Echo()), "echo"), owner: former);
        watcher.Watch(remote);
        await remote.Ask<string>("there", Probe.Patience);

        // Its closing messages are held back, and the new incarnation starts before the old one is missed.
        proxy.Freeze();
        Restart("b", proxy);
        proxy.Cut();
        proxy.Thaw();

        Assert.Equal(remote, (await watcher.NextAsync<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Quarantined_system_is_notified_and_receives_no_messages_until_it_is_restarted()
    {
        var a = Start("a");
        var (former, proxy) = StartBehindProxy("b");
        var (lost, toldAtB) = (Probe.Of<DeadLetter>(a), Probe.Of<RemotingLifecycleEvent>(former));
        var echoAtA = a.ActorOf(Props.Create(() => new Echo()), "echo");
        var remote = Ref(a, former.ActorOf(Props.Create(() => new Echo()), "echo"), owner: former);
        await remote.Ask<string>("there", Probe.Patience);

        TransportOf(a).Quarantine(AddressOf(former), TransportOf(former).Uid);
        remote.Tell("to the quarantined");
        await lost.NextAsync<DeadLetter>(letter => letter.Message is "to the quarantined");
        // A watch, because it is retried until it is delivered or refused.
        new Probe(former).Watch(Ref(former, echoAtA, owner: a));
        await toldAtB.NextAsync<ThisActorSystemQuarantinedEvent>();
        await toldAtB.NextAsync<AssociationErrorEvent>(e => e.Cause.Message.Contains($"has quarantined uid {TransportOf(former).Uid}"));

        await former.Terminate().WaitAsync(Probe.Patience);
        var b = Restart("b", proxy);
        Assert.Equal("back", await Ref(b, echoAtA, owner: a).Ask<string>("back", Probe.Patience));
    }

    [Fact]
    public async Task Connection_with_another_protocol_is_closed_and_others_continue()
    {
        var (a, b) = (Start("a"), Start("b"));
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(IPAddress.Loopback, TransportOf(b).BoundPort);
        await stranger.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: b\r\n\r\n"));

        var count = -1;
        try
        {
            count = await stranger.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Probe.Patience);
        }
        catch (IOException)
        {
            // The connection was reset in the middle of the refusal.
            count = 0;
        }

        Assert.Equal(0, count);
        Assert.Equal("there", await Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b).Ask<string>("there", Probe.Patience));
    }

    [Fact]
    public void Start_fails_with_address_cause_and_correction_when_the_port_is_in_use()
    {
        var port = TransportOf(Start("a")).BoundPort;

        var error = Assert.Throws<RemoteTransportException>(() => Start("b", $"akka.remote.dot-netty.tcp.port = {port}"));

        Assert.Equal(
            $"Cannot listen on 127.0.0.1:{port}: the port is in use. Stop the process that has it, "
            + "or set akka.remote.dot-netty.tcp.port to another (0: any free port).",
            error.Message);
    }

    [Fact]
    public void Start_fails_with_name_and_correction_when_the_host_does_not_resolve()
    {
        var error = Assert.Throws<RemoteTransportException>(() => Start("b", "akka.remote.dot-netty.tcp.hostname = no-such-host.invalid"));

        Assert.StartsWith("Cannot listen on no-such-host.invalid: the name does not resolve", error.Message);
        Assert.Contains("akka.remote.dot-netty.tcp.hostname", error.Message);
    }

    [Fact]
    public async Task Terminated_system_has_closed_its_port()
    {
        var a = Start("a");
        var port = TransportOf(a).BoundPort;

        await a.Terminate().WaitAsync(Probe.Patience);

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, port));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }
}
