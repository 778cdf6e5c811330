using RaftActors.Wire;

namespace RaftActors.Fuzz.Targets;

/// <summary>
/// The messages between nodes: of engines, registries and cores, as connections carry them, and the outcomes and the status, as the
/// remoting does.
/// </summary>
internal sealed class MessagesTarget : Target
{
    private readonly Lazy<RaftMessageSerializer> _serializer = new(() => new RaftMessageSerializer(FuzzSystem.Instance));

    private WireBytes Bytes => new(_serializer.Value);

    public override string Name => "messages";

    public override string Reads => "WireTable, OutcomeFormat";

    public override IReadOnlyList<byte[]> Words { get; } =
        [.. Samples.All.Keys.Select(manifest => (byte[])[(byte)manifest.Length, .. Encoding.ASCII.GetBytes(manifest)])];

    public override IEnumerable<byte[]> Seeds() =>
        Samples.All.Select(each => (each.Key, each.Value))
            .Concat(Samples.Outcomes)
            .Concat(Samples.Variants)
            .Select(each => new Packed(0, each.Item1, Bytes.ToBinary(each.Item2)).ToBytes());

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator) => Packed.Mutate(input, mutator, Words);

    public override object Read(byte[] input)
    {
        var packed = Packed.Of(input);
        return (packed.Manifest, Message: Bytes.FromBinary(packed.Bytes, packed.Manifest));
    }

    public override string ShapeOf(object read) => (((string, object))read).Item1;

    public override void Check(object read)
    {
        var (_, message) = ((string, object))read;
        if (message is Akka.Actor.Status.Failure)
        {
            return; // The outcome of a type that this node does not know.
        }

        var bytes = Bytes.ToBinary(message);
        var again = Bytes.FromBinary(bytes, _serializer.Value.Manifest(message));
        DemandEqual(Fields.Of(message), Fields.Of(again), "A message changes when it is written again");
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;
}
