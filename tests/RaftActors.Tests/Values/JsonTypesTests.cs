namespace RaftActors.Tests.Values;

/// <summary>The JSON of the types that one call names for an actor system.</summary>
public sealed partial class JsonTypesTests() : TestKit(VirtualGroup.Config)
{
    private static readonly Coin OneEuro = new(100, "EUR");

    [Fact]
    public void Value_of_a_declared_type_has_the_bytes_of_its_codec()
    {
        UseCoins();
        var coins = new ValueCodec<Coin>(Sys);

        coins.DemandType("value");
        var bytes = coins.Encode(OneEuro);

        Assert.Equal("\u0011{\"Cents\":100,\"Currency\":\"EUR\"}", Text(bytes));
        Assert.Equal(new ValueCodec<Coin>(Sys, RaftCodec.Json(CoinJson.Default.Coin)).Encode(OneEuro).ToArray(), bytes.ToArray());
        Assert.Equal(OneEuro, coins.Decode(bytes));
    }

    [Fact]
    public void Value_of_an_undeclared_type_carries_the_name_of_its_type()
    {
        UseCoins();
        var answers = new ValueCodec<object?>(Sys);

        var bytes = answers.Encode(OneEuro);

        Assert.Equal("\u0012\u002bRaftActors.Tests.Values.JsonTypesTests+Coin{\"Cents\":100,\"Currency\":\"EUR\"}", Text(bytes));
        Assert.Equal(OneEuro, answers.Decode(bytes));
        Assert.Equal(OneEuro, new ValueCodec<IMoney>(Sys).Decode(new ValueCodec<IMoney>(Sys).Encode(OneEuro)));
    }

    [Fact]
    public void Contract_of_values_of_any_type_does_not_depend_on_the_types_that_other_actors_use()
    {
        var (any, money) = (new ValueCodec<object?>(Sys).Contract, new ValueCodec<IMoney>(Sys).Contract);

        UseCoins();

        Assert.Equal(any, new ValueCodec<object?>(Sys).Contract);
        Assert.NotEqual(money, new ValueCodec<IMoney>(Sys).Contract);
    }

    [Fact]
    public async Task State_of_a_snapshot_has_the_bytes_of_its_codec()
    {
        UseCoins();
        var purse = new Purse { Content = OneEuro };
        IRaftSnapshot snapshots = purse;

        snapshots.DemandType(Sys);
        using MemoryStream state = new();
        await snapshots.Take(Sys, new Serial(1))(state, CancellationToken.None);

        var bytes = state.ToArray();
        Assert.Equal("\u0011{\"Cents\":100,\"Currency\":\"EUR\"}", Text(bytes));
        Assert.Equal(OneEuro, new ValueCodec<Coin?>(Sys).Decode(bytes));
    }

    [Fact]
    public void Codec_of_its_own_wins()
    {
        UseCoins();
        var coins = new ValueCodec<Coin>(Sys, new CentsCodec());

        var bytes = coins.Encode(OneEuro);

        Assert.Equal("\u0011100", Text(bytes));
        Assert.Equal(OneEuro, coins.Decode(bytes));
    }

    [Fact]
    public void Types_that_RaftActors_knows_keep_their_bytes()
    {
        var before = new ValueCodec<int>(Sys).Encode(7).ToArray();

        UseCoins();

        Assert.Equal(before, new ValueCodec<int>(Sys).Encode(7).ToArray());
        Assert.Equal(before, new ValueCodec<object?>(Sys).Encode(7).ToArray());
        Assert.Equal(before, new ValueCodec<int?>(Sys).Encode(7).ToArray());
    }

    [Fact]
    public void Context_may_be_named_twice_but_not_after_its_type_was_used_without_it()
    {
        Assert.Throws<RaftConfigurationException>(() => new ValueCodec<Note>(Sys).DemandType("value"));

        UseCoins();
        UseCoins();
        var late = Assert.Throws<InvalidOperationException>(() => Raft.Get(Sys).UseJson(NoteJson.Default));

        Assert.Equal(
            "Cannot use JSON for RaftActors.Tests.Values.JsonTypesTests+Note: an actor or a client uses this type without it. "
            + "Call UseJson before they are created.",
            late.Message);
    }

    [Fact]
    public void Context_that_is_passed_by_a_base_type_is_refused()
    {
        JsonSerializerContext context = CoinJson.Default;

        var problem = Assert.Throws<ArgumentException>(() => Raft.Get(Sys).UseJson(context));

        Assert.StartsWith("Cannot use System.Text.Json.Serialization.JsonSerializerContext for JSON: it has no types.", problem.Message);
    }

    [Fact]
    public void Value_of_a_type_that_this_node_does_not_use_is_refused_with_the_remedy()
    {
        var bytes = Encoding.UTF8.GetBytes("\u0012\u0006System{}");

        var problem = Assert.Throws<InvalidDataException>(() => new ValueCodec<object?>(Sys).Decode(bytes));

        Assert.Equal(
            "A value of type System cannot be read on this node: no context of Raft.UseJson has the type. Add the type to one.",
            problem.Message);
    }

    [Fact]
    public void Damaged_json_is_refused_with_its_type()
    {
        UseCoins();
        var bytes = new ValueCodec<object?>(Sys).Encode(OneEuro);

        var problem = Assert.Throws<InvalidDataException>(() => new ValueCodec<object?>(Sys).Decode(bytes[..^1]));

        Assert.StartsWith("The JSON of a RaftActors.Tests.Values.JsonTypesTests+Coin cannot be read", problem.Message);
    }

    [Theory]
    [InlineData("{\"Cents\":100}", "Currency")]
    [InlineData("{\"Cents\":100,\"Coinage\":\"EUR\"}", "Coinage")]
    [InlineData("{\"Cents\":100,\"Currency\":\"EUR\",\"Year\":2002}", "Year")]
    public void Property_that_is_missing_or_unknown_makes_a_value_unreadable_by_name_and_by_codec(string json, string named)
    {
        UseCoins();

        foreach (var codec in new[] { RaftCodec.Json(CoinJson.Default.Coin), RaftCodec.Json<Coin>() })
        {
            var ofCodec = Assert.Throws<JsonException>(() => codec.Decode(Encoding.UTF8.GetBytes(json)));
            Assert.Contains(named, ofCodec.Message);
        }

        var problem = Assert.Throws<InvalidDataException>(() => new ValueCodec<object?>(Sys).Decode(ByName(json)));
        Assert.Contains(named, problem.Message);
    }

    [Fact]
    public void Result_question_or_answer_may_come_from_a_newer_or_older_program()
    {
        UseCoins();
        ValueCodec<object?> answers = new(Sys, codecPlace: null);

        Assert.Equal(OneEuro, answers.Decode(ByName("{\"Cents\":100,\"Currency\":\"EUR\",\"Year\":2}")));
        Assert.Equal(new Coin(100, null!), answers.Decode(ByName("{\"Cents\":100}")));
    }

    [Fact]
    public void Property_with_a_default_or_that_is_not_always_written_may_be_missing()
    {
        // Not NoteJson.Default, whose strict options a run of the matrix without the planted bug has made before.
        var notes = RaftCodec.Json(new NoteJson().Note);

        Assert.Equal(new Note(5), notes.Decode("{\"Euros\":5}"u8));
        Assert.Throws<JsonException>(() => notes.Decode("{\"Year\":2002}"u8));
    }

    [Fact]
    public void Value_that_was_written_can_be_read_whatever_its_properties_have()
    {
        AssertIsRead(RaftCodec.Json(NoteJson.Default.Note), new Note(500));
        AssertIsRead(RaftCodec.Json(NoteJson.Default.Label), new Label(null, 7));
        AssertIsRead(RaftCodec.Json<Label>(), new Label(null, 7));
        AssertIsRead(RaftCodec.Json(NoteJson.Default.PlaceArray), [new("Bonn", 7), new("Trier", 2)]);
        AssertIsRead(RaftCodec.Json<Place[]>(), [new("Bonn", 7), new("Trier", 2)]);
        AssertIsRead(RaftCodec.Json(NoteJson.Default.KeyValuePairStringInt32), new KeyValuePair<string, int>("Bonn", 7));
        AssertIsRead(RaftCodec.Json<KeyValuePair<string, int>>(), new KeyValuePair<string, int>("Bonn", 7));
    }

    [Fact]
    public void Constructor_parameter_without_a_default_is_required_for_a_property_without_a_setter()
    {
        Assert.Throws<JsonException>(() => RaftCodec.Json(NoteJson.Default.PlaceArray).Decode("[{\"Name\":\"Bonn\"}]"u8));
        Assert.Throws<JsonException>(() => RaftCodec.Json<KeyValuePair<string, int>>().Decode("{\"Key\":\"Bonn\"}"u8));
        Assert.Throws<JsonException>(() => RaftCodec.Json<Label>().Decode("{}"u8));
    }

    [Fact]
    public void Encoding_allocates_only_the_bytes_that_it_returns()
    {
        var (codec, output) = (RaftCodec.Json(CoinJson.Default.Coin), new ArrayBufferWriter<byte>(256));
        codec.Encode(OneEuro, output);
        output.ResetWrittenCount();
        var before = GC.GetAllocatedBytesForCurrentThread();

        codec.Encode(OneEuro, output);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal("{\"Cents\":100,\"Currency\":\"EUR\"}", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private void UseCoins() => Raft.Get(Sys).UseJson(CoinJson.Default);

    private static byte[] ByName(string json)
    {
        var name = new ByteWriter();
        name.Octet(18);
        name.Text(typeof(Coin).ToString());
        return [.. name.Written, .. Encoding.UTF8.GetBytes(json)];
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static void AssertIsRead<T>(RaftCodec<T> codec, T value)
    {
        ArrayBufferWriter<byte> output = new();
        codec.Encode(value, output);

        Assert.Equal(value, codec.Decode(output.WrittenSpan));
    }

    internal interface IMoney;

    internal sealed record Coin(int Cents, string Currency) : IMoney;

    internal sealed record Note(int Euros, int Year = 2002)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Owner { get; init; }

        public bool IsLarge => Euros > 100;
    }

    internal sealed record Label([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text, int Size);

    // As classes are that guard what is in them: values come by the constructor alone.
    internal sealed class Place(string name, int zone) : IEquatable<Place>
    {
        public string Name { get; } = name;

        public int Zone { get; } = zone;

        public bool Equals(Place? other) => (other?.Name, other?.Zone) == (Name, Zone);

        public override bool Equals(object? obj) => Equals(obj as Place);

        public override int GetHashCode() => HashCode.Combine(Name, Zone);
    }

    private sealed class Purse : IRaftSnapshot<Coin?>
    {
        public Coin? Content { get; set; }

        public Coin? TakeSnapshot(Serial serial) => Content;

        public void RestoreSnapshot(Serial serial, Coin? state) => Content = state;
    }

    private sealed class CentsCodec : RaftCodec<Coin>
    {
        public override void Encode(Coin value, IBufferWriter<byte> output) => output.Write(Encoding.UTF8.GetBytes($"{value.Cents}"));

        public override Coin Decode(ReadOnlySpan<byte> bytes) => new(int.Parse(Encoding.UTF8.GetString(bytes)), "EUR");
    }

    [JsonSerializable(typeof(Coin))]
    [JsonSerializable(typeof(int))]
    private sealed partial class CoinJson : JsonSerializerContext;

    [JsonSerializable(typeof(KeyValuePair<string, int>))]
    [JsonSerializable(typeof(Label))]
    [JsonSerializable(typeof(Note))]
    [JsonSerializable(typeof(Place[]))]
    private sealed partial class NoteJson : JsonSerializerContext;
}
