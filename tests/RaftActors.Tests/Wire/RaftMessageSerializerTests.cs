using RaftActors.Tests.Telemetry;

namespace RaftActors.Tests.Wire;

public sealed class RaftMessageSerializerTests : TestKit, IClassFixture<TestKit.SharedSystem>
{
    private readonly RaftMessageSerializer _serializer;
    private readonly WireBytes _wire;

    public RaftMessageSerializerTests(SharedSystem shared)
        : base(shared) => _wire = new WireBytes(_serializer = new RaftMessageSerializer((ExtendedActorSystem)Sys));

    public static TheoryData<string> Manifests => new(Samples.All.Keys);

    /// <summary>A call and a reply that a node passes on are all bytes to the end.</summary>
    public static TheoryData<string> Bounded => new(Samples.All.Keys.Except([WireTable.CallManifest, WireTable.ReplyManifest]));

    [Fact]
    public void Serializer_is_registered_when_the_users_configuration_holds_the_defaults_already()
    {
        using var system = ActorSystem.Create("configured", Raft.DefaultConfig());

        Raft.Get(system);

        Assert.Equal(RaftMessageSerializer.Number, system.Serialization.FindSerializerForType(typeof(WireMessage.Presence)).Identifier);
    }

    [Fact]
    public void System_with_the_defaults_reads_messages_before_it_starts_the_extension()
    {
        var request = new RequestRef(new ProcessName("raft1@node1"), Incarnation.None, 1);
        var outcome = RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<int>(request);
        using var system = ActorSystem.Create("started", Raft.DefaultConfig());

        var message = system.Serialization.Deserialize(_serializer.ToBinary(outcome), _serializer.Identifier, "ot");

        Assert.Equal(outcome, message);
    }

    [Fact]
    public void Table_has_every_kind_of_message_and_there_is_a_sample_of_each()
    {
        Type[] families = [typeof(WireMessage), typeof(Message)];
        var all = families.SelectMany(family => family.Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(family)))
            .Except([typeof(WireMessage.CoreMessage)]);
        var sampled = Samples.All.Values
            .Select(each => (each as WireMessage.CoreMessage)?.Envelope.Body.GetType() ?? each.GetType());

        Assert.Equal(all.Order(ByName), WireTable.Types.Order(ByName));
        Assert.Equal(all.Order(ByName), sampled.Distinct().Order(ByName));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Message_comes_back_as_it_was(string manifest)
    {
        var message = Samples.All[manifest];

        var bytes = _wire.ToBinary(message);
        var back = _wire.FromBinary(bytes, manifest);

        Assert.Equal(manifest, _serializer.Manifest(message));
        Assert.Equal(message.GetType(), back.GetType());
        Assert.Equal(bytes, _wire.ToBinary(back));
    }

    [Fact]
    public void Bytes_of_a_message_are_counted_by_direction()
    {
        using var system = ActorSystem.Create("counted");
        using var metrics = new MetricRecorder("raft.system", name => name == "counted");
        var serializer = new RaftMessageSerializer((ExtendedActorSystem)system);

        var bytes = serializer.ToBinary(Samples.All["p"]);
        serializer.FromBinary([.. bytes], "p");
        serializer.FromBinary([.. bytes], "p");

        Assert.Equal(["transmit", "receive", "receive"], metrics.Of("raft.transport.io").Select(each => each.Tags["direction"]));
        Assert.All(metrics.All, each => Assert.Equal(bytes.Length, each.Value));
    }

    [Fact]
    public void Variants_of_a_message_come_back_as_they_were()
    {
        foreach (var (manifest, message) in Samples.Variants)
        {
            Assert.Equal(Fields.Of(message), Fields.Of(_wire.FromBinary(_wire.ToBinary(message), manifest)));
        }
    }

    [Fact]
    public void All_fields_of_a_message_are_read_back()
    {
        foreach (var (manifest, message) in Samples.All)
        {
            var back = _wire.FromBinary(_wire.ToBinary(message), manifest);
            Assert.Equal(Fields.Of(message), Fields.Of(back));
        }
    }

    [Fact]
    public void Member_that_a_message_repeats_costs_one_octet_more()
    {
        int SizeOf(int entries)
        {
            var request = ((AppendReply)Samples.All["ar"]).Request;
            var log = Enumerable.Range(1, entries).Select(index => Engine.Bench.Entry(index, 1, request));
            var append = new RaftActors.Core.Message.AppendEntries(default, [.. log], default, default, 0);
            var sample = (WireMessage.CoreMessage)Samples.All["ca"];
            return _wire.ToBinary(sample with { Envelope = sample.Envelope with { Body = append } }).Length;
        }

        // Index, term, serial, a time of 0 and kind take 5 octets, member and number 4, the key and its length 5, the length of no value 1.
        Assert.Equal(15, SizeOf(9) - SizeOf(8));
    }

    [Fact]
    public void Message_with_traces_has_one_plain_message()
    {
        var traced = (WireMessage.Traced)Samples.All["z"] with { Inner = (WireMessage)Samples.All["z"] };
        var bytes = _wire.ToBinary(traced);

        var problem = Assert.Throws<InvalidDataException>(() => _wire.FromBinary(bytes, "z"));

        Assert.Contains("a message 'z' is inside of another one", problem.Message);
    }

    [Fact]
    public void Member_that_was_not_named_before_is_refused()
    {
        // An AppendReply of member 1, where no member was written in full.
        var problem = Assert.Throws<InvalidDataException>(() => _wire.FromBinary([1, 1, 7], "ar"));

        Assert.Contains("member 1 of 0 is named", problem.Message);
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Bytes_are_the_recorded_ones(string manifest)
    {
        var written = Convert.ToHexStringLower(_wire.ToBinary(Samples.All[manifest]));
        var golden = GoldenFiles.Of(manifest, written);

        Assert.Equal(golden, written);
        var read = _wire.FromBinary(Convert.FromHexString(golden), manifest);
        Assert.Equal(golden, Convert.ToHexStringLower(_wire.ToBinary(read)));
    }

    [Fact]
    public void Bytes_of_the_variants_are_the_recorded_ones()
    {
        List<string> written =
            [.. Samples.Variants.Select(each => $"{each.Manifest} {Convert.ToHexStringLower(_wire.ToBinary(each.Message))}")];

        Assert.Equal(GoldenFiles.LinesOf("variants.txt", written), written);
    }

    [Fact]
    public void Greeting_of_version_0_is_refused()
    {
        // It ends with the format level and the logic version.
        var greeting = Convert.FromHexString(GoldenFiles.Of("cg"));
        byte[] level = [.. greeting[..^2], 0, 1];
        byte[] logic = [.. greeting[..^1], 0];

        var ofLevel = Assert.Throws<InvalidDataException>(() => _wire.FromBinary(level, "cg"));
        var ofLogic = Assert.Throws<InvalidDataException>(() => _wire.FromBinary(logic, "cg"));

        Assert.Contains("its format level is 0", ofLevel.Message);
        Assert.Contains("its logic version is below 1", ofLogic.Message);
    }

    [Fact]
    public void Greeting_with_too_long_a_failure_domain_is_refused()
    {
        var greeting = Convert.FromHexString(GoldenFiles.Of("cg"));

        // The golden greeting ends with the length of its domain, which is 0, and two versions.
        byte[] longest = [.. greeting[..^3], 100, .. new byte[100].Select(_ => (byte)'a'), 1, 1];
        byte[] tooLong = [.. greeting[..^3], 101, .. new byte[101].Select(_ => (byte)'a'), 1, 1];

        _wire.FromBinary(longest, "cg");
        var problem = Assert.Throws<InvalidDataException>(() => _wire.FromBinary(tooLong, "cg"));
        Assert.Contains("at most 100 characters", problem.Message);
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void Message_that_is_cut_or_too_long_is_refused(string manifest)
    {
        var bytes = _wire.ToBinary(Samples.All[manifest]);

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => _wire.FromBinary(bytes[..length], manifest));
        }

        Assert.Throws<InvalidDataException>(() => _wire.FromBinary([.. bytes, 0], manifest));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Damaged_message_is_read_or_refused_and_nothing_else(string manifest)
    {
        var random = new Random(20260101);
        var bytes = _wire.ToBinary(Samples.All[manifest]);
        var (refused, changes) = (0, Share.Of(300, 900, 2000));
        for (var i = 0; i < changes; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                _wire.FromBinary(damaged, manifest);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, changes);
    }

    [Fact]
    public void Length_beyond_the_end_of_the_message_allocates_nothing()
    {
        // A Presence with 2^22 processes, and an AppendRequest whose key has 2^31 octets.
        byte[] presence = [1, 0, 0x80, 0x80, 0x80, 0x02];
        byte[] append = [1, 0, 3, .. "a@b"u8, .. new byte[16], 1, 0x80, 0x80, 0x80, 0x80, 0x08];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<InvalidDataException>(() => _wire.FromBinary(presence, "p"));
        Assert.Throws<InvalidDataException>(() => _wire.FromBinary(append, "a"));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    // Whatever is kept, shown or logged would grow with it.
    [Fact]
    public void Message_with_a_text_of_a_megabyte_is_refused()
    {
        List<string> seen = [];
        RaftStatus running = new("orders", new ProcessName("raft1@node1")) { Actor = TestActor };
        foreach (var (manifest, message) in ((string, object)[])
            [.. Samples.All.Select(each => (each.Key, each.Value)), .. Samples.Variants, .. Samples.Outcomes, ("os", running)])
        {
            var all = LongTexts.In(_wire.ToBinary(message), message);
            seen.AddRange(all.Select(_ => manifest));
            Assert.All(all, bytes => Assert.Throws<InvalidDataException>(() => _wire.FromBinary(bytes, manifest)));
        }

        Assert.Superset(new HashSet<string>(["p", "cg", "cx", "ar", "z", "ot", "os"]), seen.ToHashSet());
    }

    [Fact]
    public void Text_for_people_is_cut_when_it_is_written_and_a_path_that_is_too_deep_is_left_out()
    {
        var request = new RequestId(new Member(new ProcessName("raft1@node1"), Incarnation.None), 1);
        var cancelled = AppendReply.Cancelled(
            request, RaftFailure.NotDone(FailureReason.Discarded, new string('a', 4092) + "\ud83d\ude00more"));
        LocalProcess process = new("default", request.Origin.Name, "akka.tcp://a@b:1/system/raft/default/raft1")
        {
            Actor = $"akka.tcp://a@b:1/user{string.Concat(Enumerable.Repeat("/a", 32))}",
        };

        var failure = ((AppendReply)_wire.FromBinary(_wire.ToBinary(cancelled), "ar")).Failure;
        var told = (WireMessage.Presence)_wire.FromBinary(_wire.ToBinary(new WireMessage.Presence([process], [], true)), "p");

        Assert.Equal(new string('a', 4092) + "...", failure?.Detail);
        Assert.Equal("", Assert.Single(told.Running).Actor);
    }

    [Fact]
    public void Message_of_an_unknown_level_is_refused()
    {
        var problem = Assert.Throws<InvalidDataException>(() => _serializer.FromBinary([3, 0, 0], "ot"));

        Assert.Contains("its format has level 3, and this node knows level", problem.Message);
    }

    // The remoting does not say who has sent a message.
    [Theory]
    [MemberData(nameof(Manifests))]
    public void Message_of_an_engine_that_comes_by_the_remoting_is_refused(string manifest)
    {
        var read = _serializer.FromBinary(_serializer.ToBinary(Samples.All[manifest]), manifest);

        Assert.Same(RefusedMessage.Instance, read);
        Assert.Same(RefusedMessage.Instance, _serializer.FromBinary([1, 0xFF], "zz"));
    }

    private static Comparer<Type> ByName { get; } = Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.FullName, b.FullName));
}
