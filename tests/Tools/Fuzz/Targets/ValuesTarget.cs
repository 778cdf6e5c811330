using RaftActors.Values;

namespace RaftActors.Fuzz.Targets;

/// <summary>The values of pairs, questions and results, each read as several declared types.</summary>
internal sealed class ValuesTarget : Target
{
    private readonly Lazy<Kind[]> _kinds = new(
    () =>
    [
        new Kind<object?>(new(FuzzSystem.Instance)),
        new Kind<string?>(new(FuzzSystem.Instance)),
        new Kind<byte[]?>(new(FuzzSystem.Instance)),
        new Kind<ReadOnlyMemory<byte>>(new(FuzzSystem.Instance)),
        new Kind<int?>(new(FuzzSystem.Instance)),
        new Kind<decimal>(new(FuzzSystem.Instance)),
        new Kind<Order?>(new(FuzzSystem.Instance)),
        new Kind<Order?>(new(FuzzSystem.Instance, RaftCodec.Json(OrderJson.Default.Order)!)),
    ]);

    public override string Name => "values";

    public override string Reads => "ValueCodec, with the JSON of a user's type";

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        .. Enumerable.Range(0, 19).Select(kind => (byte[])[(byte)kind]),
        .. TextWords.Of("\"Customer\":", "\"Parts\":[", "null", "1e400", "[", "{", "\\ud800"),
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        object?[] values =
        [
            null, "größe", new byte[] { 1, 0, 255 }, true, false, (sbyte)-1, (byte)1, (short)-2, (ushort)2, -3, 3U, -4L, 4UL, 0.5F,
            double.NaN, decimal.MinValue, Deep(3),
        ];
        var any = new ValueCodec<object?>(FuzzSystem.Instance);
        var declared = new ValueCodec<Order>(FuzzSystem.Instance);
        return [.. values.Select(value => any.Encode(value)).Append(declared.Encode(Deep(2))).SelectMany(AsEachKind)];
    }

    public override object Read(byte[] input) => input.Length == 0
        ? throw new InvalidDataException("The input has no kind.")
        : (input[0] % _kinds.Value.Length, _kinds.Value[input[0] % _kinds.Value.Length].Read(input.AsMemory(1)));

    public override string ShapeOf(object read)
    {
        var (kind, value) = ((int, object?))read;
        return $"{kind} {value?.GetType().Name}";
    }

    public override void Check(object read)
    {
        var (kind, value) = ((int, object?))read;
        DemandEqual(Fields.Of(value), Fields.Of(_kinds.Value[kind].ReadAgain(value)), "A value changes when it is written again");
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;

    private static Order Deep(int depth) => new("Größe & Co.", 12.50m, depth == 0 ? null : [Deep(depth - 1)]);

    private static IEnumerable<byte[]> AsEachKind(ReadOnlyMemory<byte> value) =>
        Enumerable.Range(0, 8).Select(kind => (byte[])[(byte)kind, .. value.Span]);

    private abstract class Kind
    {
        public abstract object? Read(ReadOnlyMemory<byte> bytes);

        public abstract object? ReadAgain(object? value);
    }

    private sealed class Kind<T>(ValueCodec<T> codec) : Kind
    {
        public override object? Read(ReadOnlyMemory<byte> bytes) => codec.Decode(bytes);

        public override object? ReadAgain(object? value) => codec.Decode(codec.Encode((T)value!));
    }
}
