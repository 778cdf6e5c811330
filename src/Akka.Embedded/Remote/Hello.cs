using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// The first frame on a connection: the opener's address and uid, the peer's address, and the peer's quarantined uid. Magic and
/// version come first in every version, so that a later version can report a mismatch.
/// </summary>
internal sealed record Hello(Address From, int Uid, Address To, int? QuarantinedUid)
{
    private const int Magic = 0x4B41_4552;
    private const byte Version = 2;

    public void Write(WireWriter writer)
    {
        var frame = writer.BeginFrame(FrameKind.Hello);
        writer.WriteInt32(Magic);
        writer.WriteByte(Version);
        writer.WriteAddress(From);
        writer.WriteInt32(Uid);
        writer.WriteAddress(To);
        writer.WriteBoolean(QuarantinedUid is not null);
        writer.WriteInt32(QuarantinedUid ?? 0);
        writer.EndFrame(frame);
    }

    public static Hello Read(FrameKind kind, ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        if (kind != FrameKind.Hello || reader.ReadInt32() != Magic)
        {
            throw new WireException("the peer does not speak this protocol (its first bytes are not the magic number)", "protocol");
        }
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new WireException($"the peer speaks version {version} of the protocol, this system speaks version {Version}", "version");
        }
        var from = reader.ReadAddress();
        var uid = reader.ReadInt32();
        var to = reader.ReadAddress();
        var hasQuarantined = reader.ReadBoolean();
        var quarantined = reader.ReadInt32();
        return new Hello(from, uid, to, hasQuarantined ? quarantined : null);
    }
}
