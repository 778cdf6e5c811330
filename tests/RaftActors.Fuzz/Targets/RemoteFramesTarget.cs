using System.Runtime.Serialization;

using Akka.Remote;

namespace RaftActors.Fuzz.Targets;

/// <summary>
/// The bytes of a connection of the embedded remoting. They arrive in pieces, whose sizes depend on the first byte of the input. The
/// frames are read as both ends do it.
/// </summary>
internal sealed class RemoteFramesTarget : Target
{
    private const int FrameSizeMax = 16 * 1024;

    public override string Name => "remoting";

    public override string Reads => "FrameBuffer of the embedded remoting, and the heads of its frames";

    public override int BytesMin => 256 * 1024;

    public override IReadOnlyList<byte[]> Words { get; } = [[1, 0, 0, 0, 7], [9, 0, 0, 0, 6], [5, 0, 0, 0, 4]];

    public override IEnumerable<byte[]> Seeds()
    {
        var writer = new WireWriter();
        writer.EndFrame(writer.BeginFrame(FrameKind.Heartbeat));
        var frame = writer.BeginFrame(FrameKind.Acknowledgement);
        writer.WriteVarint(300);
        writer.EndFrame(frame);
        frame = writer.BeginFrame(FrameKind.Message);
        writer.WriteText("akka.tcp://demo@127.0.0.1:2551/user/a#42");
        writer.WriteText("");
        writer.WriteInt32(17);
        writer.WriteText("S");
        writer.WriteRaw("größe"u8);
        writer.EndFrame(frame);
        frame = writer.BeginFrame(FrameKind.SystemMessage);
        writer.WriteVarint(1);
        writer.WriteRaw(new SystemMessagesTarget().Seeds().First());
        writer.EndFrame(frame);
        return [[0, .. writer.ToArray()], [200, .. writer.ToArray()]];
    }

    public override object Read(byte[] input)
    {
        var (buffer, kinds) = (new FrameBuffer(FrameSizeMax), new List<string>());
        if (input is [> 100, ..])
        {
            buffer.AdmitMessages();
        }

        for (var (at, piece) = (1, input.Length > 0 ? 1 + input[0] : 0); at < input.Length; at += piece)
        {
            var room = buffer.Room().Span;
            piece = Math.Min(piece, Math.Min(room.Length, input.Length - at));
            input.AsSpan(at, piece).CopyTo(room);
            buffer.Add(piece);
            while (buffer.TryRead(out var kind, out var body))
            {
                kinds.Add(ReadBody(kind, body));
            }
        }

        return kinds;
    }

    public override string ShapeOf(object read) => string.Concat((List<string>)read);

    // Deserialize documents SerializationException.
    public override bool IsRefusal(Exception e) => e is SerializationException or InvalidDataException;

    private static string ReadBody(FrameKind kind, ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        switch (kind)
        {
            case FrameKind.Hello:
                _ = Hello.Read(kind, body);
                return "h";
            case FrameKind.Message:
                _ = FuzzSystem.Instance.Provider.ResolveActorRef(reader.ReadText());
                _ = FuzzSystem.Instance.Provider.ResolveActorRef(reader.ReadText());
                _ = FuzzSystem.Instance.Serialization.Deserialize(reader.Rest.ToArray(), reader.ReadInt32(), reader.ReadText());
                return "m";
            case FrameKind.SystemMessage:
                _ = reader.ReadVarint();
                _ = RemoteSystemMessage.Read(reader.Rest);
                return "s";
            case FrameKind.Acknowledgement:
                _ = reader.ReadVarint();
                return "a";
            case FrameKind.Welcome:
                _ = reader.ReadInt32();
                return "w";
            case FrameKind.Refusal:
                _ = (reader.ReadByte(), reader.ReadText());
                return "r";
            default:
                return "?";
        }
    }
}
