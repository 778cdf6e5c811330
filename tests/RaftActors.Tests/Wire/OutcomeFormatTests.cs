namespace RaftActors.Tests.Wire;

public sealed class OutcomeFormatTests : TestKit
{
    private static readonly RequestRef Request = new(new("raft1@node1"), default, 7);

    private readonly RaftMessageSerializer _serializer;

    public OutcomeFormatTests()
    {
        Raft.Get(Sys);
        _serializer = new RaftMessageSerializer((ExtendedActorSystem)Sys);
    }

    [Fact]
    public void All_fields_of_an_outcome_are_read_back()
    {
        foreach (var (manifest, message) in Samples.Outcomes)
        {
            var back = _serializer.FromBinary(_serializer.ToBinary(message), manifest);

            Assert.Equal(manifest, _serializer.Manifest(message));
            Assert.Equal(Fields.Of(message), Fields.Of(back));
        }
    }

    [Fact]
    public void There_is_a_sample_of_each_outcome_and_each_is_bound_to_the_serializer()
    {
        var families = OutcomeFormat.Types.Values.Select(type => type.IsInterface ? typeof(Outcome<>) : type);
        var all = families.SelectMany(type => type.IsAbstract ? type.GetNestedTypes() : [type]);
        var sampled = Samples.Outcomes.Select(each => each.Message.GetType()).ToHashSet();

        Assert.Equal(all.ToHashSet(), sampled.Select(type => type.IsGenericType ? type.GetGenericTypeDefinition() : type).ToHashSet());
        Assert.All(sampled, type => Assert.Equal(RaftMessageSerializer.Number, Sys.Serialization.FindSerializerForType(type).Identifier));
    }

    [Fact]
    public void Bytes_are_the_recorded_ones()
    {
        List<string> written =
            [.. Samples.Outcomes.Select(each => $"{each.Manifest} {Convert.ToHexStringLower(_serializer.ToBinary(each.Message))}")];

        Assert.Equal(GoldenFiles.LinesOf("outcomes.txt", written), written);
    }

    [Fact]
    public void Committed_pair_is_reported_even_if_its_result_cannot_be_written()
    {
        var done = new Outcome<object?> { Serial = new Serial(3), Result = new Unbound(), Request = Request };
        byte[] bytes = [];

        EventFilter.Warning(contains: "Unbound cannot be written: it has no serializer. Add it to the JsonSerializerContext")
            .ExpectOne(() => bytes = _serializer.ToBinary(done));

        Assert.Equal(new Outcome<object?> { Serial = new Serial(3), Request = Request }, _serializer.FromBinary(bytes, "ot"));
    }

    [Fact]
    public void Committed_pair_is_reported_even_if_the_codec_of_its_result_fails()
    {
        Raft.Get(Sys).AddResultType(new FailingCodec());
        var done = new Outcome<Price> { Serial = new Serial(3), Result = new Price(7), Request = Request };
        byte[] bytes = [];

        EventFilter.Warning(contains: "cannot leave its node. No price today.").ExpectOne(() => bytes = _serializer.ToBinary(done));

        Assert.Equal(new Outcome<Price> { Serial = new Serial(3), Request = Request }, _serializer.FromBinary(bytes, "ot"));
    }

    // The types of a node have no groups, and answers are objects: the codec of one application would change the answers of all groups.
    [Fact]
    public void Codec_of_a_result_type_that_RaftActors_writes_itself_is_refused()
    {
        DemandRefused<object?>();
        DemandRefused<string>();
        DemandRefused<int?>();
        DemandRefused<Membership>();
        Raft.Get(Sys).AddResultType<string>();

        void DemandRefused<T>() => Assert.Contains(
            "Leave the codec out, or use a result type of your own.",
            Assert.Throws<RaftConfigurationException>(() => Raft.Get(Sys).AddResultType(RaftCodec.Json<T>())).Message);
    }

    [Fact]
    public void Result_type_that_the_reading_node_does_not_know_fails_the_asker_with_the_remedy()
    {
        Raft.Get(Sys).AddResultType(RaftCodec.Json<Price>());
        var bytes = _serializer.ToBinary(new Outcome<Price> { Serial = new Serial(3), Result = new Price(7), Request = Request });
        using var other = ActorSystem.Create("other");

        var read = new RaftMessageSerializer((ExtendedActorSystem)other).FromBinary(bytes, "ot");

        var failure = Assert.IsType<Status.Failure>(read);
        var why = failure.Cause.Message;
        Assert.Contains("a result of type RaftActors.Tests.Wire.OutcomeFormatTests+Price cannot be read on this node", why);
        Assert.Contains("Call Raft.Get(system).AddResultType<Price>()", why);
        Assert.Equal(new Outcome<object?> { Serial = new Serial(3), Request = Request }, failure.State);
    }

    [Fact]
    public void Message_never_loads_a_type_that_the_node_was_not_told_of()
    {
        var bytes = _serializer.ToBinary(RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<long>(Request));
        var forged = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace("Int64", "Int16"));
        var foreign = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace("System.Int64", "System.Range"));

        Assert.IsType<Outcome<short>>(_serializer.FromBinary(forged, "ot")).Unknown();
        Assert.IsType<Status.Failure>(_serializer.FromBinary(foreign, "ot"));
    }

    [Fact]
    public void Outcome_whose_result_type_the_writing_node_does_not_know_is_refused_with_the_remedy()
    {
        var outcome = RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<Price>();
        var problem = Assert.Throws<ArgumentException>(() => _serializer.ToBinary(outcome));

        Assert.Contains("Call Raft.Get(system).AddResultType<Price>()", problem.Message);
    }

    private sealed record Price(int Cents);

    private sealed class FailingCodec : RaftCodec<Price>
    {
        public override void Encode(Price value, IBufferWriter<byte> output) => throw new NotSupportedException("No price today.");

        public override Price Decode(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();
    }

    private sealed class Unbound;
}
