using System.Buffers.Binary;

namespace RaftActors.Tests.Network;

public sealed class FrameTests : TestKit, IClassFixture<TestKit.SharedSystem>
{
    private const int SizeMax = 100_000;

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);

    private readonly FrameWriter _writer = new(Near, SizeMax);
    private readonly FrameReader _reader;
    private readonly List<string> _resolved = [];

    public FrameTests(SharedSystem shared)
        : base(shared, RemoteNode.Network) => _reader = new FrameReader(Far, Resolve) { ResolveSender = Resolve };

    public static TheoryData<string> Manifests => new(ManifestsOfEngines);

    /// <summary>A call and a reply that a node passes on are all bytes to the end.</summary>
    public static TheoryData<string> Bounded => new(ManifestsOfEngines.Except([WireTable.CallManifest, WireTable.ReplyManifest]));

    private static IEnumerable<string> ManifestsOfEngines =>
        Samples.All.Keys.Except([WireTable.PresenceManifest, WireTable.BeatManifest]);

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Message_comes_back_as_it_was_with_its_ends(string manifest)
    {
        var message = (WireMessage)Samples.All[manifest];

        var frame = Read(Encode(message));

        Assert.Equal(Fields.Of(message), Fields.Of(frame.Message));
        Assert.Equal([$"{Far}/system/raft/g/to#7", $"{Near}/system/raft/g/from#8"], _resolved);
    }

    [Fact]
    public void Paths_and_members_are_written_once_for_a_connection()
    {
        var message = (WireMessage)Samples.All["ar"];
        var (to, from) = (EngineAt(Far, "to", 7), EngineAt(Near, "from", 8));

        var (first, second) = (Encode(message, to, from), Encode(message, to, from));

        Assert.Equal(Fields.Of(message), Fields.Of(Read(first).Message));
        Assert.Equal(Fields.Of(message), Fields.Of(Read(second).Message));
        Assert.Equal(2, _resolved.Count);
        Assert.InRange(second.Length, 1, 20);
    }

    [Fact]
    public void Frames_after_one_that_is_too_large_are_read()
    {
        var (to, from) = (EngineAt(Far, "to", 7), EngineAt(Near, "from", 8));
        var reply = (AppendReply)Samples.All["ar"];

        Assert.False(_writer.TryWrite(to, new WireMessage.AppendRequest(reply.Request, "", new byte[SizeMax]), from));

        Assert.Equal(0, _writer.Length);
        Assert.Equal(Fields.Of(reply), Fields.Of(Read(Encode(reply, to, from)).Message));
    }

    [Fact]
    public void Connection_with_thousands_of_members_and_engines_stays_readable()
    {
        IActorRef[] senders = [EngineAt(Near, "from1", 8), EngineAt(Near, "from2", 8), EngineAt(Near, "from3", 8)];
        for (var number = 1; number <= 5 * FrameWriter.MaxKnown; number++)
        {
            var origin = new Member(new ProcessName($"raft{number}@node1"), Incarnation.None);
            var message = AppendReply.Refused(new RequestId(origin, number));

            var frame = Read(Encode(message, EngineAt(Far, number <= FrameWriter.MaxKnown ? "first" : "to", number), senders[number % 3]));

            Assert.Equal(message, frame.Message);
            Assert.Equal((number, senders[number % 3].Path), (frame.To.Path.Uid, frame.From.Path));
        }

        Assert.Equal(1, _reader.Engines);
    }

    [Fact]
    public void Frame_that_names_all_anew_means_other_actors_than_the_frames_before_it()
    {
        var reply = (AppendReply)Samples.All["ar"];
        Read(Encode(reply, EngineAt(Far, "former", 1), EngineAt(Near, "other", 2)));
        FrameWriter next = new(Near, SizeMax);
        var (to, from) = (EngineAt(Far, "to", 7), EngineAt(Near, "from", 8));

        var read = ((FrameReader.Frame[])[Next(), Next()])[1];

        Assert.Equal((7, from.Path), (read.To.Path.Uid, read.From.Path));

        FrameReader.Frame Next()
        {
            Assert.True(next.TryWrite(to, reply, from));
            return Read(next.Take([]).ToArray().AsMemory(sizeof(int)));
        }
    }

    [Theory]
    [InlineData(1900, 1, 1)]
    [InlineData(1, 1900, 1)]
    [InlineData(1, 1, 900)]
    public void Reader_forgets_names_that_are_too_long_together_at_once_wherever_they_stand(int toLength, int fromLength, int memberLength)
    {
        var (to, from) = (EngineAt(Far, new string('t', toLength), 7), EngineAt(Near, new string('f', fromLength), 8));
        var message = RefusedOf($"{new string('m', memberLength)}@n");
        var known = FrameWriter.LengthOf($"{to.Path.ToStringWithoutAddress()}#7")
            + FrameWriter.LengthOf(from.Path.ToSerializationFormat())
            + memberLength + "@n".Length;

        // Each frame is the next one of a writer of its own, so it names all anew.
        for (var length = 0; length <= FrameWriter.KnownLengthMax; length += known)
        {
            FrameWriter writer = new(Near, SizeMax);
            Assert.True(writer.TryWrite(to, message, from));
            var frame = writer.Take([]).ToArray().AsMemory(sizeof(int));
            frame.Span[0] &= 0xFE;
            _reader.Read(frame, out _);
        }

        Encode(message, to, from);
        var next = Encode(message, to, from);
        Assert.Contains("of 0 is named", Assert.Throws<InvalidDataException>(() => _reader.Read(next, out _)).Message);
    }

    [Fact]
    public void Connection_with_long_names_stays_readable()
    {
        for (var number = 1; number <= 3 * (FrameWriter.KnownLengthMax / ProcessName.LengthMax); number++)
        {
            var message = RefusedOf($"raft{number}".PadRight(ProcessName.LengthMax - 2, 'x') + "@n");

            Assert.Equal(message, Read(Encode(message, EngineAt(Far, "to", number % 100), EngineAt(Near, "from", 8))).Message);
        }
    }

    [Theory]
    [InlineData("x/", 100)]
    [InlineData("x", 2048)]
    public void Path_that_is_deeper_or_longer_than_any_of_raft_is_refused(string part, int count)
    {
        var far = EngineAt(Far, string.Concat(Enumerable.Repeat(part, count)), 7);

        Assert.Throws<InvalidDataException>(() => Read(Encode((WireMessage)Samples.All["ar"], far, EngineAt(Near, "from", 8))));
    }

    // The names of a frame may be as many as fit into it.
    [Fact]
    public void Frame_with_very_many_members_pins_nothing_after_it()
    {
        LogEntry[] entries = [.. Enumerable.Range(1, 50_000).Select(number => new LogEntry(
            new LogIndex(number), new Term(1), new Serial(number), new Payload.Pair(
                new RequestId(new Member(new ProcessName($"raft{number}@node1"), Incarnation.None), 1), "", ReadOnlyMemory<byte>.Empty)))];
        var names = ReadEntries();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // The thread keeps some for the next frames.
        var kept = names.Count(name => name.IsAlive);
        GC.KeepAlive(_reader);
        Assert.True(kept < 5_000, $"The frame pins {kept} names.");

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference[] ReadEntries()
        {
            var body = new Message.AppendEntries(default, [.. entries], LogIndex.Zero, Serial.Zero);
            var member = new Member(new ProcessName("raft1@node1"), Incarnation.None);
            var envelope = new RaftActors.Core.Envelope(member, member, GroupUid.None, new Term(1), default, body);
            var writer = new FrameWriter(Near, 16 << 20);
            Assert.True(writer.TryWrite(EngineAt(Far, "to", 7), new WireMessage.CoreMessage(envelope), EngineAt(Near, "from", 8)));
            var read = _reader.Read(writer.Take([]).ToArray().AsMemory(sizeof(int)), out _).Message;
            var message = Assert.IsType<WireMessage.CoreMessage>(read);
            var appended = Assert.IsType<Message.AppendEntries>(message.Envelope.Body);
            return [.. appended.Entries.Select(entry => new WeakReference(((Payload.Pair)entry.Payload).Request!.Value.Origin.Name.Value))];
        }
    }

    [Fact]
    public void Value_of_a_message_is_a_view_of_its_frame()
    {
        var bytes = Encode((WireMessage)Samples.All["a"]);

        var append = Assert.IsType<WireMessage.AppendRequest>(_reader.Read(bytes, out var hasView).Message);

        Assert.True(hasView);
        Assert.True(append.Value.Span.Overlaps(bytes.Span));
    }

    [Theory]
    [InlineData("ar")]
    [InlineData("ct")]
    public void Frame_without_values_leaves_no_view(string manifest)
    {
        _reader.Read(Encode((WireMessage)Samples.All[manifest]), out var hasView);

        Assert.False(hasView);
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void Frame_that_is_cut_or_too_long_is_refused(string manifest)
    {
        var bytes = Encode((WireMessage)Samples.All[manifest]);

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => NewReader().Read(bytes[..length], out _));
        }

        Assert.Throws<InvalidDataException>(() => NewReader().Read((byte[])[.. bytes.Span, 0], out _));
    }

    [Fact]
    public void Frame_of_a_level_that_the_reader_does_not_know_is_refused()
    {
        _writer.Level = 100;
        var bytes = Encode((WireMessage)Samples.All["ar"]);

        var problem = Assert.Throws<InvalidDataException>(() => _reader.Read(bytes, out _));

        Assert.Contains("its format has level 100, and this node knows level", problem.Message);
    }

    [Theory]
    [InlineData("\u0001?")]
    [InlineData("\u0002k?")]
    public void Message_with_an_unknown_manifest_is_refused(string manifest)
    {
        var bytes = Encode((WireMessage)Samples.All["k"]).Span;
        var place = bytes.IndexOf("\u0001k\u0001\u0002\u0003"u8);
        byte[] changed = [.. bytes[..place], .. Encoding.ASCII.GetBytes(manifest), .. bytes[(place + 2)..]];

        var problem = Assert.Throws<InvalidDataException>(() => _reader.Read(changed, out _));

        Assert.Contains("a message has a manifest that no level of this program knows", problem.Message);
    }

    [Theory]
    [InlineData("/user/ledger")]
    [InlineData("/system/raft/../../user/ledger")]
    [InlineData("/system/raft/g/..")]
    public void Frame_for_an_actor_that_is_no_engine_is_refused(string path)
    {
        ConnectionRef to = new(ActorPath.Parse($"{Far}{path}"), null!, null!); // Justification: only its path is used.

        var problem = Assert.Throws<InvalidDataException>(() =>
            _reader.Read(Encode((WireMessage)Samples.All["ar"], to, EngineAt(Near, "from", 8)), out _));

        Assert.Contains($"{path}' is no path of an actor that takes messages of other nodes", problem.Message);
    }

    [Theory]
    [InlineData("n")]
    [InlineData("p")]
    public void Message_that_engines_do_not_exchange_by_a_connection_is_refused(string manifest) =>
        Assert.Throws<InvalidDataException>(() => _reader.Read(Encode((WireMessage)Samples.All[manifest]), out _));

    [Fact]
    public void Registry_takes_the_list_of_a_node()
    {
        var reader = new FrameReader(Far, At) { ResolveSender = At, MayReceive = InboundNodeConnection.IsService };
        var bytes = Encode((WireMessage)Samples.All["p"], At($"{Far}/system/raft"), At($"{Near}/system/raft"));

        Assert.IsType<WireMessage.Presence>(reader.Read(bytes, out _).Message);
    }

    [Fact]
    public void Buffer_that_a_large_message_needed_is_not_kept()
    {
        _writer.Take(new byte[FrameWriter.KeptSizeMax + 1]);
        _writer.TryWrite(EngineAt(Far, "to", 7), (WireMessage)Samples.All["ar"], EngineAt(Near, "from", 8));

        Assert.InRange(_writer.Take([]).Array!.Length, 0, FrameWriter.KeptSizeMax); // Justification: a message was written to it.
    }

    private static AppendReply RefusedOf(string origin) =>
        AppendReply.Refused(new RequestId(new Member(new ProcessName(origin), Incarnation.None), 1));

    private FrameReader.Frame Read(ReadOnlyMemory<byte> bytes) => _reader.Read(bytes, out _);

    private IActorRef EngineAt(Address node, string name, long uid) => At($"{node}/system/raft/g/{name}#{uid}");

    private IActorRef At(string path) => ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(path);

    private IActorRef Resolve(string path)
    {
        _resolved.Add(path);
        return At(path);
    }

    private FrameReader NewReader() => new(Far, At) { ResolveSender = At };

    private ReadOnlyMemory<byte> Encode(WireMessage message) => Encode(message, EngineAt(Far, "to", 7), EngineAt(Near, "from", 8));

    private ReadOnlyMemory<byte> Encode(WireMessage message, IActorRef to, IActorRef from)
    {
        Assert.True(_writer.TryWrite(to, message, from));
        var bytes = _writer.Take([]).ToArray();
        Assert.Equal(bytes.Length - sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(bytes));
        return bytes.AsMemory(sizeof(int));
    }
}
