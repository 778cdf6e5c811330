using System.Text;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Tests.Wire;

/// <summary>
/// The bytes of a message on a connection after its manifest, behind the level that a frame has there. Those of an outcome are
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
        writer.Octet(writer.Level);
        WireTable.Write(writer, wire);
        return writer.ToArray();
    }

    public object FromBinary(byte[] bytes, string manifest)
    {
        if (OutcomeFormat.Types.ContainsKey(manifest))
        {
            return serializer.FromBinary(bytes, manifest);
        }

        var named = new ByteWriter();
        named.Bytes(Encoding.ASCII.GetBytes(manifest));
        var reader = ByteReader.OfKept((byte[])[.. bytes.Take(1), .. named.ToArray(), .. bytes.Skip(1)]);
        if (!FormatRange.Own.Has(reader.Octet()))
        {
            throw reader.Damaged("it has an unknown level");
        }

        reader.ShareMembers([]);
        var message = WireTable.ReadNamed(ref reader);
        reader.End();
        return message;
    }
}
