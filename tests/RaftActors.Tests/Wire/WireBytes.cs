using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Tests.Wire;

/// <summary>
/// The bytes of a message on a connection after its manifest, behind the version that the handshake brings there. Those of an outcome are
/// the serializer's.
/// </summary>
internal sealed class WireBytes(RaftMessageSerializer serializer)
{
    public byte[] ToBinary(object message)
    {
        if (message is not WireMessage wire)
        {
            return serializer.ToBinary(message);
        }

        var writer = new ByteWriter();
        writer.ShareMembers();
        writer.Octet(FormatRange.Own.Lowest);
        WireTable.Write(writer, wire);
        return writer.ToArray();
    }

    public object FromBinary(byte[] bytes, string manifest)
    {
        if (OutcomeFormat.Types.ContainsKey(manifest))
        {
            return serializer.FromBinary(bytes, manifest);
        }

        var reader = ByteReader.OfKept(bytes);
        if (reader.Octet() != FormatRange.Own.Lowest)
        {
            throw reader.Damaged("it has another version");
        }

        reader.ShareMembers([]);
        var message = WireTable.Read(ref reader, manifest);
        reader.End();
        return message;
    }
}
