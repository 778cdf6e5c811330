namespace RaftActors.Tests.Wire;

public sealed class CallFormatTests : TestKit, IClassFixture<TestKit.SharedSystem>
{
    private const long Number = 300;

    private static readonly RequestRef Request = new(new("raft1@node1"), default, 7);

    private readonly OutcomeFormat _outcomes;

    public CallFormatTests(SharedSystem shared)
        : base(shared)
    {
        Raft.Get(Sys);
        _outcomes = new OutcomeFormat((ExtendedActorSystem)Sys);
    }

    public static TheoryData<string> Calls => [.. Samples.Calls.Select(call => call.GetType().Name)];

    public static TheoryData<string> Replies => [.. Samples.Replies.Select(reply => reply.GetType().Name)];

    [Fact]
    public void Table_has_each_call_and_each_reply_and_there_is_a_sample_of_each()
    {
        var all = ((Type[])[typeof(ClientCall), typeof(ClientReply)])
            .SelectMany(family => family.GetNestedTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(family)))
            .Except([typeof(ClientReply.Lost)]);

        Assert.Equal(all.ToHashSet(), CallTable.Types.ToHashSet());
        Assert.Equal(CallTable.Types, Samples.Calls.Concat<object>(Samples.Replies).Select(sample => sample.GetType()));
    }

    [Fact]
    public void All_fields_of_a_call_are_read_back()
    {
        foreach (var call in Samples.Calls.Concat(Samples.CallVariants))
        {
            var (number, target, back) = Read(Encode(call));

            Assert.Equal((Number, Samples.Target), (number, target));
            Assert.Equal(Fields.Of(call), Fields.Of(back));
            Assert.Equal(Encode(call), Encode(back));
        }

        var changes = Samples.CallVariants.OfType<ClientCall.Change>().Select(call => call.What)
            .Select(change => (change as GroupChange.Members)?.What.GetType() ?? change.GetType());
        var asked = typeof(MemberChange).GetNestedTypes().Except([typeof(MemberChange.Assign)]).Append(typeof(GroupChange.Transfer));
        Assert.Equal(asked.ToHashSet(), changes.ToHashSet());
    }

    [Fact]
    public void Trace_of_a_call_is_read_back()
    {
        foreach (var call in Samples.Calls)
        {
            var (sent, back) = (ParentOf(call), ParentOf(Read(Encode(call)).Call));

            Assert.Equal((sent?.TraceId, sent?.SpanId, sent?.TraceState), (back?.TraceId, back?.SpanId, back?.TraceState));
        }
    }

    // The other side would end the connection, because a node refuses a call with a longer state.
    [Theory]
    [InlineData(512, 512)]
    [InlineData(513, null)]
    public void State_of_a_trace_that_the_other_side_would_refuse_is_left_out(int length, int? kept)
    {
        var parent = ParentOf(Samples.Calls.OfType<ClientCall.Query>().Single())!.Value; // Justification: the sample has a trace.
        var state = new string('x', length);
        ClientCall.Query query = new(default, TimeSpan.Zero, ReadConsistency.Local)
        {
            Parent = new(parent.TraceId, parent.SpanId, parent.TraceFlags, state),
        };

        var back = ParentOf(Read(Encode(query)).Call);

        Assert.Equal((parent.TraceId, kept), (back?.TraceId, back?.TraceState?.Length));
    }

    [Fact]
    public void All_fields_of_a_reply_are_read_back()
    {
        foreach (var reply in Samples.Replies.Concat(Samples.ReplyVariants))
        {
            var (number, back) = ReadReply(EncodeReply(reply));

            Assert.Equal(Number, number);
            Assert.Equal(Fields.Of(reply), Fields.Of(back));
        }
    }

    [Fact]
    public void Outcome_names_no_request_and_is_read_with_that_of_its_call()
    {
        foreach (var (_, outcome) in Samples.Outcomes)
        {
            var request = outcome is RaftStatus ? default : Samples.Ref;

            var back = ReadReply(EncodeReply(outcome), request).Reply;

            Assert.Equal(Fields.Of(outcome), Fields.Of(back));
        }

        var bytes = EncodeReply(RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<long>());
        Assert.Equal(Request, ((IOutcome)ReadReply(bytes, Request).Reply).Request);
    }

    [Fact]
    public void Role_of_each_call_and_the_bytes_of_calls_and_replies_are_the_recorded_ones()
    {
        List<string> written =
        [
            .. Samples.Calls.Concat(Samples.CallVariants)
                .Select(call => $"{call.GetType().Name} {CallTable.RoleFor(call)} {Convert.ToHexStringLower(Encode(call))}"),
            .. Samples.Replies.Concat(Samples.ReplyVariants)
                .Select(reply => $"{reply.GetType().Name} {Convert.ToHexStringLower(EncodeReply(reply))}"),
        ];

        Assert.Equal(GoldenFiles.LinesOf("calls.txt", written), written);
    }

    [Fact]
    public void Bytes_of_an_outcome_that_answers_a_call_are_the_recorded_ones()
    {
        List<string> written = [.. Samples.Outcomes.Select(each => Convert.ToHexStringLower(EncodeReply(each.Message)))];

        Assert.Equal(GoldenFiles.LinesOf("reply-outcomes.txt", written), written);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void Call_that_is_cut_or_too_long_is_refused(string name) => DemandRefused(Encode(CallOf(name)), bytes => Read(bytes));

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_that_is_cut_or_too_long_is_refused(string name) =>
        DemandRefused(EncodeReply(ReplyOf(name)), bytes => ReadReply(bytes));

    [Theory]
    [MemberData(nameof(Calls))]
    public void Damaged_call_is_read_or_refused_and_nothing_else(string name) => DemandSafe(Encode(CallOf(name)), bytes => Read(bytes));

    [Theory]
    [MemberData(nameof(Replies))]
    public void Damaged_reply_is_read_or_refused_and_nothing_else(string name) =>
        DemandSafe(EncodeReply(ReplyOf(name)), bytes => ReadReply(bytes));

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(100)]
    [InlineData(255)]
    public void Call_with_an_unknown_number_is_refused(byte kind)
    {
        var bytes = Encode(new ClientCall.Status());
        bytes[^1] = kind;

        var problem = Assert.Throws<InvalidDataException>(() => Read(bytes));

        Assert.Contains($"{kind} is no number of a call or a reply that this program knows", problem.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(99)]
    [InlineData(104)]
    public void Reply_with_an_unknown_number_is_refused(byte kind) =>
        Assert.Throws<InvalidDataException>(() => ReadReply([1, 1, kind]));

    // Zeroed bytes have the kind 0.
    [Fact]
    public void Failure_that_no_call_can_have_is_refused()
    {
        FailureReason[] ofUnknown = [FailureReason.TimedOut, FailureReason.Forgotten, FailureReason.Superseded];
        FailureReason[] ofBoth = [FailureReason.Stopped, FailureReason.Canceled, FailureReason.Closed];
        foreach (var reason in Enum.GetValues<FailureReason>())
        {
            Check(default, reason, isPossible: false);
            Check(FailureKind.NotDone, reason, !ofUnknown.Contains(reason));
            Check(FailureKind.Unknown, reason, ofUnknown.Contains(reason) || ofBoth.Contains(reason));
        }

        void Check(FailureKind kind, FailureReason reason, bool isPossible)
        {
            ClientReply.Failed failed = new(new RaftFailure(kind, reason, "why"));
            var bytes = EncodeReply(failed);
            if (isPossible)
            {
                Assert.Equal(failed, ReadReply(bytes).Reply);
            }
            else
            {
                Assert.Throws<InvalidDataException>(() => ReadReply(bytes));
            }
        }
    }

    [Fact]
    public void Call_of_a_level_that_this_program_does_not_know_is_refused()
    {
        var bytes = Encode(new ClientCall.Status());
        bytes[0] = 100;

        var problem = Assert.Throws<InvalidDataException>(() => Read(bytes));

        Assert.Contains("its format has level 100, and this node knows level", problem.Message);
    }

    [Fact]
    public void Timeout_below_a_millisecond_is_one_millisecond() => Assert.Equal(
        TimeSpan.FromMilliseconds(1),
        Assert.IsType<ClientCall.TakeSnapshot>(Read(Encode(new ClientCall.TakeSnapshot(TimeSpan.FromTicks(1)))).Call).Timeout);

    [Fact]
    public void Text_that_the_other_side_would_refuse_is_not_written() =>
        Assert.Throws<ArgumentException>(() => Encode(new ClientCall.Locate(new string('x', GroupName.LengthMax + 1))));

    // Otherwise a client could have a batch committed that no actor can take apart.
    [Theory]
    [InlineData("", 0)]
    [InlineData("", 3)]
    [InlineData("", 1_000_000)]
    [InlineData("key", 2)]
    public void Batch_that_cannot_be_taken_apart_is_refused(string key, int count)
    {
        ClientCall.Append Of(string key, int count) =>
            new(ClientSession.New(), 1, key, Samples.TwoPairs, TimeSpan.FromSeconds(1), IsRetry: false) { Count = count };

        Assert.Equal(2, Assert.IsType<ClientCall.Append>(Read(Encode(Of("", 2))).Call).Count);
        Assert.Throws<InvalidDataException>(() => Read(Encode(Of(key, count))));
    }

    [Fact]
    public void Call_with_a_negative_number_is_refused()
    {
        var writer = new ByteWriter();
        CallFormat.WriteCall(writer, -1, Samples.Target, new ClientCall.Status());

        Assert.Throws<InvalidDataException>(() => Read(writer.ToArray()));
    }

    [Fact]
    public void Call_for_a_process_with_too_long_a_name_is_refused()
    {
        var writer = new ByteWriter();
        writer.Octet(1);
        writer.Number(Number);
        writer.Text("orders");
        writer.Text($"{new string('x', 4000)}@node1");
        CallTable.Write(writer, new ClientCall.Status());

        Assert.Throws<InvalidDataException>(() => Read(writer.ToArray()));
    }

    [Fact]
    public void Calls_of_one_connection_are_read_with_the_receiver_of_each()
    {
        CallTarget[] targets =
        [
            Samples.Target, Samples.Target, CallTarget.Registry, Samples.Target, Samples.Target with { Process = new("raft9@node9") },
            Samples.Target with { Group = "billing" }, new("x", null),
        ];
        CallFormat.LatestTarget latest = new();

        foreach (var target in targets)
        {
            var reader = ByteReader.OfKept(Encode(new ClientCall.Status(), target));
            Assert.Equal(target, CallFormat.ReadCall(ref reader, latest).Target);
        }
    }

    [Fact]
    public void Receiver_that_a_connection_names_again_allocates_nothing_more()
    {
        CallFormat.LatestTarget latest = new();
        var bytes = Encode(new ClientCall.Status());
        var first = TargetIn(bytes, latest);

        Assert.Same(first.Group, TargetIn(bytes, latest).Group);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void Call_with_a_text_of_a_megabyte_is_refused(string name) => Assert.All(
        LongTexts.In(Encode(CallOf(name)), (Samples.Target, CallOf(name))),
        bytes => Assert.Throws<InvalidDataException>(() => Read(bytes)));

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_with_a_text_of_a_megabyte_is_refused(string name) => Assert.All(
        LongTexts.In(EncodeReply(ReplyOf(name)), ReplyOf(name)),
        bytes => Assert.Throws<InvalidDataException>(() => ReadReply(bytes)));

    [Fact]
    public void Length_beyond_the_end_of_the_call_allocates_nothing()
    {
        // A group whose name has 2^31 octets, and a reply with 2^22 processes.
        byte[] call = [1, 1, 0x80, 0x80, 0x80, 0x80, 0x08];
        byte[] reply = [1, 1, 1, 0, 0, 0, 1, 0x80, 0x80, 0x80, 0x02];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<InvalidDataException>(() => Read(call));
        Assert.Throws<InvalidDataException>(() => ReadReply(reply));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Committed_pair_is_reported_even_if_its_result_cannot_be_written()
    {
        byte[] bytes = [];

        EventFilter.Warning(contains: "Unbound cannot be written: it has no serializer").ExpectOne(
            () => bytes = EncodeReply(new Outcome<object?> { Serial = new Serial(3), Result = new Unbound(), Request = default }));

        Assert.Equal(new Outcome<object?> { Serial = new Serial(3), Request = Request }, ReadReply(bytes, Request).Reply);
    }

    private static ClientCall CallOf(string name) => Samples.Calls.Single(call => call.GetType().Name == name);

    private static ClientReply ReplyOf(string name) => Samples.Replies.Single(reply => reply.GetType().Name == name);

    private static System.Diagnostics.ActivityContext? ParentOf(ClientCall call) =>
        (call as ClientCall.Append)?.Parent ?? (call as ClientCall.Query)?.Parent;

    private static byte[] Encode(ClientCall call, CallTarget? target = null)
    {
        var writer = new ByteWriter();
        CallFormat.WriteCall(writer, Number, target ?? Samples.Target, call);
        return writer.ToArray();
    }

    private static (long Number, CallTarget Target, ClientCall Call) Read(byte[] bytes)
    {
        var reader = ByteReader.OfKept(bytes);
        return CallFormat.ReadCall(ref reader, new CallFormat.LatestTarget());
    }

    private static CallTarget TargetIn(byte[] bytes, CallFormat.LatestTarget latest)
    {
        var reader = ByteReader.OfKept(bytes);
        return CallFormat.ReadCall(ref reader, latest).Target;
    }

    private byte[] EncodeReply(object reply)
    {
        var writer = new ByteWriter();
        CallFormat.WriteReply(writer, Number, reply, _outcomes);
        return writer.ToArray();
    }

    private (long Number, object Reply) ReadReply(byte[] bytes, RequestRef request = default)
    {
        var reader = ByteReader.OfKept(bytes);
        var number = CallFormat.ReadHead(ref reader);
        var reply = _outcomes.ReadReply(ref reader, request);
        reader.End();
        return (number, reply);
    }

    private static void DemandRefused(byte[] bytes, Action<byte[]> read)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => read(bytes[..length]));
        }

        Assert.Throws<InvalidDataException>(() => read([.. bytes, 0]));
    }

    private static void DemandSafe(byte[] bytes, Action<byte[]> read)
    {
        var random = new Random(20260101);
        var (refused, changes) = (0, Share.Of(300, 900, 2000));
        for (var i = 0; i < changes; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                read(damaged);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, changes);
    }

    private sealed class Unbound;
}
