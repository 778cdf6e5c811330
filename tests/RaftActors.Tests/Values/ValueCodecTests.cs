using Akka.Serialization;

namespace RaftActors.Tests.Values;

public sealed class ValueCodecTests : TestKit, IClassFixture<TestKit.SharedSystem>
{
    private static readonly Config WithSerializer = ConfigurationFactory.ParseString(
        """
        akka.actor {
          serializers.color = "RaftActors.Tests.Values.ColorSerializer, RaftActors.Tests"
          serialization-bindings { "RaftActors.Tests.Values.Color, RaftActors.Tests" = color }
        }
        """);

    private readonly ValueCodec<object?> _values;

    public ValueCodecTests(SharedSystem shared)
        : base(shared, WithSerializer) => _values = new ValueCodec<object?>(Sys);

    [Fact]
    public void Bytes_are_no_value_of_another_type()
    {
        var bytes = _values.Encode(new byte[] { 1, 2 });

        Assert.Null(_values.FindFault(bytes));
        Assert.Null(new ValueCodec<ReadOnlyMemory<byte>>(Sys).FindFault(bytes));
        Assert.NotNull(new ValueCodec<string>(Sys).FindFault(bytes));
    }

    public static TheoryData<object?, string> Natives => new()
    {
        { null, "00" },
        { "", "01" },
        { "grün", "016772c3bc6e" },
        { new byte[] { 0, 255 }, "0200ff" },
        { false, "03" },
        { true, "04" },
        { (sbyte)-2, "05fe" },
        { (byte)254, "06fe" },
        { (short)-2, "07feff" },
        { (ushort)258, "080201" },
        { -2, "09feffffff" },
        { 258u, "0a02010000" },
        { long.MinValue, "0b0000000000000080" },
        { ulong.MaxValue, "0cffffffffffffffff" },
        { 1.5f, "0d0000c03f" },
        { double.NegativeZero, "0e0000000000000080" },
        { -1.10m, "0f6e000000000000000000000000000280" },
    };

    [Theory]
    [MemberData(nameof(Natives))]
    public void Native_value_is_encoded_as_these_bytes_and_decoded_again(object? value, string hex)
    {
        var bytes = _values.Encode(value);

        Assert.Equal(hex, Convert.ToHexStringLower(bytes.Span));
        Assert.Equal(value, _values.Decode(bytes));
    }

    [Fact]
    public void Failure_of_an_entity_and_value_of_a_reminder_are_encoded_as_these_bytes()
    {
        var failure = _values.Encode(new EntityFailure("no"));
        var reminder = ValueCodec<object?>.EncodeReminder(300, _values.Encode("due").Span);

        Assert.Equal("136e6f", Convert.ToHexStringLower(failure.Span));
        Assert.Equal("14ac0201647565", Convert.ToHexStringLower(reminder));
        Assert.Equal("due", _values.Decode(reminder));
    }

    [Fact]
    public void Memory_of_bytes_is_encoded_as_an_array_and_decoded_as_a_view()
    {
        var bytes = new ValueCodec<ReadOnlyMemory<byte>>(Sys).Encode(new byte[] { 0, 255 });

        Assert.Equal("0200ff", Convert.ToHexStringLower(bytes.Span));
        Assert.Equal(bytes[1..], new ValueCodec<ReadOnlyMemory<byte>>(Sys).Decode(bytes));
        Assert.Equal(bytes[1..], new ValueCodec<ReadOnlyMemory<byte>?>(Sys).Decode(bytes));
        Assert.Equal(new byte[] { 0, 255 }, new ValueCodec<byte[]>(Sys).Decode(bytes));
        Assert.Null(new ValueCodec<ReadOnlyMemory<byte>?>(Sys).Decode(new ValueCodec<ReadOnlyMemory<byte>?>(Sys).Encode(null)));
    }

    [Fact]
    public void Memory_of_bytes_is_read_without_garbage()
    {
        var values = new ValueCodec<ReadOnlyMemory<byte>>(Sys);
        var bytes = values.Encode(new byte[256]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            values.Decode(bytes);
        }

        // Code that is not optimised yet boxes the view, in 32 bytes. A copy would take 280.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000 * 48);
    }

    [Fact]
    public void Value_of_a_users_type_is_encoded_by_its_serializer() =>
        Assert.Equal(new Color("red"), _values.Decode(_values.Encode(new Color("red"))));

    // Akka's JSON serializer, a message of Akka with any payload, and a death watch of its remoting.
    [Theory]
    [InlineData(1, "System.Version, System.Private.CoreLib")]
    [InlineData(16, "SS")]
    [InlineData(6, "")]
    [InlineData(22, "")]
    public void Value_cannot_name_a_serializer_that_the_user_did_not_bind(int identifier, string manifest)
    {
        var writer = new ByteWriter();
        writer.Octet(16);
        writer.Number(identifier);
        writer.Text(manifest);
        writer.Rest("""{"$type":"System.Version, System.Private.CoreLib","_Major":1}"""u8);

        var problem = Assert.Throws<InvalidDataException>(() => new ValueCodec<object>(Sys).Decode(writer.ToArray()));

        Assert.Contains($"names Akka's serializer {identifier} with the manifest '{manifest}', which no node reads", problem.Message);
    }

    [Fact]
    public void Value_of_another_type_is_refused_with_both_names()
    {
        var problem = Assert.Throws<InvalidDataException>(() => new ValueCodec<int>(Sys).Decode(_values.Encode("five")));

        Assert.Equal("A value is of type String; this actor's values are of type Int32.", problem.Message);
    }

    [Fact]
    public void Null_is_refused_where_values_cannot_be_null() =>
        Assert.Throws<InvalidDataException>(() => new ValueCodec<int>(Sys).Decode(_values.Encode(null)));

    [Theory]
    [InlineData("")]
    [InlineData("0001")] // null with content
    [InlineData("01ff")] // not UTF-8
    [InlineData("09feff")] // half an int
    [InlineData("0fffffffffffffffffffffffffffffffff")] // no decimal
    [InlineData("63")] // an unknown kind
    [InlineData("108080")] // a truncated serializer number
    [InlineData("117b7d")] // written by a codec
    public void Damaged_value_is_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => _values.Decode(Convert.FromHexString(hex)));
}

/// <summary>A user's type.</summary>
internal record Color(string Name);

/// <summary>A type that has the serializer of its base.</summary>
internal sealed record RedColor() : Color("red");

/// <summary>The serializer of <see cref="Color"/>, as a user registers one.</summary>
internal sealed class ColorSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4711;

    public override string Manifest(object o) => "color";

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Color)obj).Name);

    public override object FromBinary(byte[] bytes, string manifest) => new Color(Encoding.UTF8.GetString(bytes));
}
