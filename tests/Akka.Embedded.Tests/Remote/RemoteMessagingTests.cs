using Akka.Actor;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

public sealed class RemoteMessagingTests : Systems
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Messages_of_one_sender_arrive_in_order(string hostname)
    {
        var (a, b) = (Start("a"), Start("b", $"akka.remote.dot-netty.tcp.hostname = {hostname}"));
        var probe = new Probe(b);
        var remote = Ref(a, probe.Ref, owner: b);

        for (var i = 0; i < 10_000; i++)
        {
            remote.Tell(i);
        }

        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(i, await probe.ExpectAsync<int>());
        }
    }

    [Fact]
    public async Task Sender_is_a_reference_that_answers_come_back_to()
    {
        var (a, b) = (Start("a"), Start("b"));
        var probe = new Probe(a);
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");

        Ref(a, echo, owner: b).Tell("hello", probe.Ref);
        var (answer, sender) = await probe.NextWithSenderAsync<string>();

        Assert.Equal("hello", answer);
        Assert.Equal($"{AddressOf(b)}/user/echo", sender.Path.ToString());
        Assert.Equal(echo.Path.Uid, sender.Path.Uid);
    }

    [Fact]
    public async Task Ask_is_answered_over_the_wire()
    {
        var (a, b) = (Start("a"), Start("b"));
        var remote = Ref(a, b.ActorOf(Props.Create(() => new Echo()), "echo"), owner: b);

        var asked = Enumerable.Range(0, 100).Select(i => remote.Ask<int>(i, Probe.Patience));

        Assert.Equal(Enumerable.Range(0, 100), await Task.WhenAll(asked));
    }

    [Fact]
    public async Task Reference_sent_in_a_message_leads_back_to_its_actor()
    {
        var (a, b) = (Start("a"), Start("b"));
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");

        var self = await Ref(a, echo, owner: b).Ask<IActorRef>("who", Probe.Patience);

        Assert.Equal(Ref(a, echo, owner: b), self);
        Assert.Same(echo, ((ExtendedActorSystem)b).Provider.ResolveActorRef(self.Path));
    }

    [Fact]
    public async Task Selection_of_a_remote_path_finds_the_actor_and_its_siblings()
    {
        var (a, b) = (Start("a"), Start("b"));
        var (one, two) = (new Probe(b, "one"), new Probe(b, "two"));

        var found = await a.ActorSelection($"{AddressOf(b)}/user/one").ResolveOne(Probe.Patience);
        a.ActorSelection($"{AddressOf(b)}/user/*").Tell("all");

        Assert.Equal(one.Ref.Path.Uid, found.Path.Uid);
        Assert.Equal("all", await one.ExpectAsync<string>());
        Assert.Equal("all", await two.ExpectAsync<string>());
    }

    [Fact]
    public async Task Message_that_cannot_be_serialised_is_dropped_and_the_next_one_arrives()
    {
        var (a, b) = (Start("a"), Start("b"));
        var probe = new Probe(b);
        var remote = Ref(a, probe.Ref, owner: b);

        remote.Tell(new Version(1, 0));
        remote.Tell("next");

        Assert.Equal("next", await probe.ExpectAsync<string>());
    }

    [Fact]
    public async Task Message_that_the_receiver_cannot_read_is_logged_and_dropped_and_the_next_one_arrives()
    {
        var a = Start("a", """
            akka.actor.serializers.version = "Akka.Embedded.Tests.Remote.VersionSerializer, Akka.Embedded.Tests"
            akka.actor.serialization-bindings."System.Version" = version
            """);
        var b = Start("b", "akka.loglevel = ERROR\nakka.loggers = []");
        var (probe, errors) = (new Probe(b), Probe.Of<Akka.Event.Error>(b));
        var remote = Ref(a, probe.Ref, owner: b);

        remote.Tell(new Version(1, 0));
        remote.Tell("next");

        Assert.Equal("next", await probe.ExpectAsync<string>());
        Assert.Contains("serializer 4711 cannot read its manifest [v]", (await errors.NextAsync<Akka.Event.Error>()).Message.ToString());
    }

    [Fact]
    public async Task Message_above_the_frame_limit_is_logged_with_its_size_and_dropped_and_the_next_one_arrives()
    {
        var (a, b) = (Start("a", "akka.loglevel = ERROR\nakka.loggers = []"), Start("b"));
        var errors = Probe.Of<Akka.Event.Error>(a);
        var probe = new Probe(b);
        var remote = Ref(a, probe.Ref, owner: b);

        remote.Tell(new byte[128_001]);
        remote.Tell(new byte[128_000]);

        Assert.Equal(128_000, (await probe.ExpectAsync<byte[]>()).Length);
        var text = (await errors.NextAsync<Akka.Event.Error>()).Message.ToString();
        Assert.Contains("128001 bytes", text);
        Assert.Contains("akka.remote.dot-netty.tcp.maximum-frame-size", text);
    }

    [Fact]
    public async Task Watcher_of_a_remote_actor_receives_Terminated()
    {
        var (a, b) = (Start("a"), Start("b"));
        var (watcher, echo) = (new Probe(a), b.ActorOf(Props.Create(() => new Echo()), "echo"));
        var remote = Ref(a, echo, owner: b);

        watcher.Watch(remote);
        // An Ask after the watch would not prove that the watch arrived: system messages precede ordinary ones. So does Stop.
        remote.Tell(PoisonPill.Instance);
        var terminated = await watcher.NextAsync<Terminated>();

        Assert.Equal(remote, terminated.ActorRef);
        Assert.False(terminated.AddressTerminated);
    }

    [Fact]
    public async Task Watcher_of_a_remote_path_without_uid_receives_Terminated()
    {
        var (a, b) = (Start("a"), Start("b"));
        var (watcher, echo) = (new Probe(a), b.ActorOf(Props.Create(() => new Echo()), "echo"));
        var bare = ((ExtendedActorSystem)a).Provider.ResolveActorRef($"{AddressOf(b)}/user/echo");

        watcher.Watch(bare);
        await bare.Ask<string>("alive", Probe.Patience);
        b.Stop(echo);

        Assert.Equal(bare, (await watcher.NextAsync<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Watcher_of_a_remote_path_without_an_actor_receives_Terminated()
    {
        var (a, b) = (Start("a"), Start("b"));
        var watcher = new Probe(a);
        var nobody = ((ExtendedActorSystem)a).Provider.ResolveActorRef($"{AddressOf(b)}/user/nobody");

        watcher.Watch(nobody);

        Assert.False((await watcher.NextAsync<Terminated>()).ExistenceConfirmed);
    }

    [Fact]
    public async Task Message_of_a_peer_for_a_third_system_is_not_passed_on()
    {
        var (b, c) = (Start("b"), Start("c"));
        var probe = new Probe(c);
        var frame = new WireWriter();
        frame.WriteText(probe.Ref.Path.ToSerializationFormatWithAddress(AddressOf(c)));
        frame.WriteText("");
        frame.WriteInt32(b.Serialization.FindSerializerFor("by b").Identifier);
        frame.WriteText("S");
        frame.WriteRaw("by b"u8);

        new InboundDispatcher(TransportOf(b), peer: null).Deliver(frame.Written.Span);
        Ref(b, probe.Ref, owner: c).Tell("of b");

        Assert.Equal("of b", await probe.ExpectAsync<string>());
    }

    [Fact]
    public async Task Local_and_remote_watchers_of_one_actor_receive_Terminated()
    {
        var (a, b) = (Start("a"), Start("b"));
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");
        Probe[] watchers = [new(a), new(a), new(b)];

        watchers[0].Watch(Ref(a, echo, owner: b));
        watchers[1].Watch(Ref(a, echo, owner: b));
        watchers[2].Watch(echo);
        b.Stop(echo);

        await Task.WhenAll(watchers.Select(watcher => watcher.NextAsync<Terminated>()));
    }
}

/// <summary>A serializer that only one of two systems has.</summary>
internal sealed class VersionSerializer(ExtendedActorSystem system) : Serialization.SerializerWithStringManifest(system)
{
    public override int Identifier => 4711;

    public override string Manifest(object o) => "v";

    public override byte[] ToBinary(object obj) => [1];

    public override object FromBinary(byte[] bytes, string manifest) => new Version(bytes[0], 0);
}
