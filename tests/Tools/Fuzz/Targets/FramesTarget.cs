using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Fuzz.Targets;

/// <summary>
/// The bytes of a connection after its handshake. They arrive in pieces, whose sizes depend on the first byte of the input. So frames are
/// cut everywhere.
/// </summary>
internal sealed class FramesTarget : Target
{
    private const int FrameSizeMax = 32 * 1024;
    private const string Door = "/user/raft";

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);
    private static readonly ValueSlab Slab = new();

    public override string Name => "frames";

    public override string Reads => "ReceiveBlock and FrameReader, the frames of a connection";

    // Two blocks for each connection: one with views of values stays as it is.
    public override int BytesMin => 3 * ReceiveBlock.SizeBytes;

    public override IReadOnlyList<byte[]> Words { get; } = [.. FrameOf(Samples.All["ar"]).Chunk(16), [0, 0, 0, 0], [1, 0, 0, 0, 1]];

    public override IEnumerable<byte[]> Seeds()
    {
        var messages = Samples.All.Concat(Samples.Variants.Select(each => KeyValuePair.Create(each.Manifest, each.Message)))
            .Select(each => each.Value).OfType<WireMessage>().ToArray();
        return [.. messages.Select(FrameOf), .. messages.Chunk(8).Select(FramesOf)];
    }

    public override object Read(byte[] input)
    {
        var (block, frames) = (new ReceiveBlock(FrameSizeMax), new List<FrameReader.Frame>());
        var reader = NewReader();
        for (var (at, piece) = (1, input.Length > 0 ? 1 + input[0] : 0); at < input.Length; at += piece)
        {
            var room = block.Room().Span;
            piece = Math.Min(piece, Math.Min(room.Length, input.Length - at));
            input.AsSpan(at, piece).CopyTo(room);
            block.Add(piece);
            while (block.TryTake(out var bytes))
            {
                frames.Add(reader.Read(bytes, out var hasView));
                if (hasView)
                {
                    block.Keep();
                }
            }
        }

        return frames;
    }

    public override string ShapeOf(object read) =>
        string.Concat(((List<FrameReader.Frame>)read).Select(frame => frame.Message.GetType().Name));

    public override void Check(object read)
    {
        var frames = (List<FrameReader.Frame>)read;
        var (writer, reader) = (new FrameWriter(Near, FrameSizeMax * 4), NewReader());
        foreach (var (to, message, from, _, _) in frames)
        {
            if (!writer.TryWrite(to, message, from))
            {
                throw new ViolationException($"A message that was read cannot be written: {Fields.Of(message)}");
            }

            var bytes = writer.Take([]);
            DemandEqual(bytes.Count - sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(bytes), "A frame has another length");
            var again = reader.Read(bytes.ToArray().AsMemory(sizeof(int)), out _);
            DemandEqual(Fields.Of(message), Fields.Of(again.Message), "A message changes when its frame is written again");
        }
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;

    // The product resolves each path. The result without remoting is the dead letters, so the check takes the path.
    private static FrameReader NewReader() => new(
        Far,
        Resolve,
        member => member.Incarnation == Incarnation.None ? Slab : null)
    {
        ResolveSender = Resolve,
        MayReceive = path => FrameReader.IsEngine(path) || path is Door or InboundNodeConnection.RegistryPath,
    };

    private static IActorRef Resolve(string path) =>
        FuzzSystem.Instance.Provider.ResolveActorRef(path) is { } ? new NamedActor(ActorPath.Parse(path)) : Nobody.Instance;

    private static byte[] FrameOf(object message) => FramesOf([(WireMessage)message]);

    private static byte[] FramesOf(WireMessage[] messages)
    {
        var writer = new FrameWriter(Near, FrameSizeMax);
        var engine = new NamedActor(ActorPath.Parse($"{Far}/system/raft/g/to#7"));
        var registry = new NamedActor(ActorPath.Parse($"{Far}{InboundNodeConnection.RegistryPath}"));
        var from = new NamedActor(ActorPath.Parse($"{Near}/system/raft/g/from#8"));
        foreach (var message in messages)
        {
            var isForRegistry = message is WireMessage.Presence or WireMessage.NodeBeat;
            writer.TryWrite(isForRegistry ? registry : engine, message, from);
        }

        return [200, .. writer.Take([])];
    }
}
