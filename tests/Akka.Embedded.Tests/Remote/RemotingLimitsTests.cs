using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Limits of connections, handshakes, associations and buffers.</summary>
public sealed class RemotingLimitsTests : Systems
{
    private const string Logged = "akka.loglevel = WARNING\nakka.loggers = []";

    [Fact]
    public async Task Connection_beyond_the_maximum_is_closed_at_once_and_a_later_one_is_accepted()
    {
        var b = Start("b", Logged);
        var warnings = Probe.Of<Warning>(b);
        TransportOf(b).Acceptor.LinksMax = 2;
        using var first = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, port: 1);
        using var second = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, port: 2);

        using var beyond = await RawPeer.ConnectAsync(b);
        await beyond.ReadToEndAsync();

        Assert.StartsWith(
            "A connection from 127.0.0.1 was closed at once: the maximum of 2 inbound connections is reached.",
            (await warnings.NextAsync<Warning>()).Message.ToString());
        first.Reset();
        await LinksAsync(b, count: 1);
        using var later = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, port: 3);
    }

    [Fact]
    public async Task Oldest_handshake_is_closed_when_too_many_are_in_progress()
    {
        var b = Start("b", "akka.remote.dot-netty.tcp.connection-timeout = 1h");
        TransportOf(b).Acceptor.HandshakesMax = 2;
        var established = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);
        using var first = await RawPeer.ConnectAsync(b);
        using var second = await RawPeer.ConnectAsync(b);
        await LinksAsync(b, count: 3);

        using var third = await RawPeer.ConnectAsync(b);
        await first.ReadToEndAsync();

        await second.JoinAsync(b, port: 2);
        await third.JoinAsync(b, port: 3);
        await established.WriteFrameAsync(FrameKind.Heartbeat, _ => { });
        Assert.Equal(FrameKind.Heartbeat, (await established.ReadFrameAsync()).Kind);
        established.Dispose();
    }

    [Fact]
    public async Task System_accepts_again_after_it_was_out_of_file_descriptors()
    {
        var b = Start("b", "akka.loglevel = ERROR\nakka.loggers = []");
        var errors = Probe.Of<Error>(b);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var failures = 3;
        var acceptor = new Acceptor(
            TransportOf(b),
            () => failures-- > 0 ? throw new SocketException((int)SocketError.TooManyOpenSockets) : new(listener.AcceptSocketAsync()));

        var running = acceptor.RunAsync();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        await UntilAsync(() => acceptor.LinkCount == 1);

        Assert.Contains("this process has too many open files", (await errors.NextAsync<Error>()).Message.ToString());
        acceptor.Stop();
        listener.Dispose();
        await running.WaitAsync(Probe.Patience);
        acceptor.CloseAll();
    }

    [Fact]
    public async Task Invented_addresses_do_not_fill_the_table_of_associations()
    {
        var (a, b) = (Start("a"), Start("b"));
        TransportOf(b).Associations.CountMax = 20;

        for (var port = 1; port <= 200; port++)
        {
            using var peer = await RawPeer.ConnectAsync(b);
            await peer.SayHelloAsync(b, port: port);
            await peer.ReadFrameAsync();
            peer.Reset();
            await LinksAsync(b, count: 0);
            Assert.InRange(TransportOf(b).AssociationCount, 0, 20);
        }

        await UntilAnswersAsync(Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b));
    }

    [Fact]
    public async Task Addresses_that_have_sent_system_messages_do_not_fill_the_table_either()
    {
        var (a, b) = (Start("a"), Start("b"));
        TransportOf(b).Associations.CountMax = 5;

        for (var port = 1; port <= 5; port++)
        {
            using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, port: port);
            await peer.WriteFrameAsync(FrameKind.SystemMessage, writer =>
            {
                writer.WriteVarint(1);
                writer.WriteByte((byte)RemoteSystemMessage.Kind.Unwatch);
                writer.WriteText($"{AddressOf(b)}/user/none");
            });
            Assert.Equal(FrameKind.Acknowledgement, (await peer.ReadFrameAsync()).Kind);
            peer.Reset();
            await LinksAsync(b, count: 0);
        }

        await UntilAnswersAsync(Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b));
    }

    [Fact]
    public async Task Address_whose_handshake_failed_after_the_hello_is_forgotten()
    {
        var b = Start("b", $$"""
            akka.remote.dot-netty.tcp.connection-timeout = 300ms
            akka.actor.serializers.slow = "{{typeof(SlowSerializer).AssemblyQualifiedName}}"
            akka.actor.serialization-bindings { "{{typeof(SlowMessage).AssemblyQualifiedName}}" = slow }
            """);
        var serializer = (SlowSerializer)b.Serialization.FindSerializerFor(new SlowMessage());
        using var former = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);
        await former.WriteFrameAsync(FrameKind.Message, writer =>
        {
            writer.WriteText($"{AddressOf(b)}/user/none");
            writer.WriteText("");
            writer.WriteInt32(SlowSerializer.Id);
            writer.WriteText("");
        });
        await serializer.Begun.WaitAsync(Probe.Patience);

        // The hello is accepted. The welcome waits for the former connection, beyond the deadline.
        using var peer = await RawPeer.ConnectAsync(b);
        await peer.SayHelloAsync(b);
        await peer.ReadToEndAsync();
        serializer.Continue();
        await LinksAsync(b, count: 0);
        var now = FailureDetector.MonotonicTime();
        TransportOf(b).Tick(now);
        TransportOf(b).Tick(now + Association.IdleLimit);

        Assert.Equal(0, TransportOf(b).AssociationCount);
    }

    [Fact]
    public async Task Connected_addresses_stay_when_the_table_is_full_and_others_are_refused()
    {
        var b = Start("b");
        TransportOf(b).Associations.CountMax = 2;
        using var first = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, port: 1);
        using var second = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, port: 2);

        using var third = await RawPeer.ConnectAsync(b);
        await third.SayHelloAsync(b, port: 3);

        Assert.Equal(FrameKind.Refusal, (await third.ReadFrameAsync()).Kind);
        await first.WriteFrameAsync(FrameKind.Heartbeat, _ => { });
        Assert.Equal(FrameKind.Heartbeat, (await first.ReadFrameAsync()).Kind);
    }

    [Fact]
    public async Task Message_to_an_address_beyond_the_maximum_becomes_a_dead_letter()
    {
        var b = Start("b");
        var lost = Probe.Of<DeadLetter>(b);
        TransportOf(b).Associations.CountMax = 1;
        using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);

        ((ExtendedActorSystem)b).Provider.ResolveActorRef("akka.tcp://other@127.0.0.1:1/user/a").Tell("hello");

        Assert.Equal("hello", (await lost.NextAsync<DeadLetter>()).Message);
        Assert.Equal(1, TransportOf(b).AssociationCount);
    }

    [Fact]
    public async Task Sender_at_an_invented_address_needs_no_association_until_it_is_answered()
    {
        var b = Start("b");
        var probe = new Probe(b);
        using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);

        for (var i = 0; i < 100; i++)
        {
            await peer.WriteFrameAsync(FrameKind.Message, writer =>
            {
                writer.WriteText(probe.Ref.Path.ToSerializationFormat());
                writer.WriteText($"akka.tcp://invented{i}@127.0.0.1:1/user/sender");
                WritePayload(writer, b);
            });
            await probe.ExpectAsync<string>();
        }

        Assert.Equal(1, TransportOf(b).AssociationCount);
    }

    [Fact]
    public async Task Length_of_a_large_frame_allocates_nothing_before_its_bytes_arrive()
    {
        var (reader, writer) = await PairAsync();
        using var _ = writer;
        reader.AdmitMessages();

        await writer.SendAsync(BitConverter.GetBytes(50_000_000));
        await reader.FillAsync();
        Assert.False(reader.TryRead(out FrameKind _, out ReadOnlySpan<byte> _));
        await writer.SendAsync(new byte[3 * FrameBuffer.ControlFrameLimitBytes]);
        for (var i = 0; i < 3; i++)
        {
            await reader.FillAsync();
            Assert.InRange(reader.BufferBytes, 1, 10 * FrameBuffer.ControlFrameLimitBytes);
        }
    }

    [Fact]
    public async Task Buffer_shrinks_after_a_large_frame()
    {
        var (reader, writer) = await PairAsync();
        using var _ = writer;
        reader.AdmitMessages();
        const int Size = 1_000_000;
        var sending = writer.SendAsync((byte[])[.. BitConverter.GetBytes(Size), .. new byte[Size]]);

        FrameKind kind;
        while (!reader.TryRead(out kind, out var body))
        {
            Assert.True(await reader.FillAsync());
        }
        await sending;
        Assert.InRange(reader.BufferBytes, Size, 2 * Size);
        for (var i = 0; i < 50; i++)
        {
            await writer.SendAsync(new byte[] { 1, 0, 0, 0, 7 });
            await reader.FillAsync();
            Assert.True(reader.TryRead(out kind, out var body));
        }

        Assert.Equal(64 * 1024, reader.BufferBytes);
    }

    [Fact]
    public void Cache_of_long_keys_is_bounded()
    {
        var cache = new ByteKeyedCache<string>();

        for (var i = 0; i < 1000; i++)
        {
            var key = new byte[4096];
            BitConverter.TryWriteBytes(key, i);
            cache.Add(key, "value");
        }

        var kept = Enumerable.Range(0, 1000).Count(i =>
        {
            var key = new byte[4096];
            BitConverter.TryWriteBytes(key, i);
            return cache.TryGet(key, out var _);
        });
        Assert.InRange(kept, 1, ByteKeyedCache<string>.KeyBytesMax / 4096);
    }

    /// <summary>Reads its message when the test lets it.</summary>
    internal sealed class SlowSerializer(ExtendedActorSystem system) : Akka.Serialization.Serializer(system)
    {
        public const int Id = 4712;

        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _continue = new();

        public Task Begun => _begun.Task;

        public override int Identifier => Id;

        public override bool IncludeManifest => false;

        public void Continue() => _continue.Set();

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, Type? type)
        {
            _begun.TrySetResult();
            _continue.Wait(Probe.Patience);
            return new SlowMessage();
        }
    }

    internal sealed record SlowMessage;

    private static void WritePayload(WireWriter writer, ActorSystem system)
    {
        var serializer = system.Serialization.FindSerializerFor("hello");
        writer.WriteInt32(serializer.Identifier);
        writer.WriteText(Akka.Serialization.Serialization.ManifestFor(serializer, "hello"));
        writer.WriteRaw(serializer.ToBinary("hello"));
    }

    private static async Task<(FrameReader Reader, Socket Writer)> PairAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var writer = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await writer.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        return (new FrameReader(new Connection(await listener.AcceptSocketAsync()), 100_000_000), writer);
    }

    // The first attempts may meet a table that was full a moment ago.
    private static async Task UntilAnswersAsync(IActorRef echo)
    {
        using var timeout = new CancellationTokenSource(Probe.Patience);
        while (true)
        {
            timeout.Token.ThrowIfCancellationRequested();
            try
            {
                await echo.Ask<string>("there", TimeSpan.FromMilliseconds(500));
                return;
            }
            catch (AskTimeoutException)
            {
                // Refused: ask again.
            }
        }
    }
}
