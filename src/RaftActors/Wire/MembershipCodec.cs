using System.Buffers;

using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>The bytes of a <see cref="Membership"/> in an outcome.</summary>
internal sealed class MembershipCodec : RaftCodec<Membership>
{
    /// <inheritdoc/>
    public override void Encode(Membership value, IBufferWriter<byte> output)
    {
        var writer = new ByteWriter();
        WireFormat.WriteMembers(writer, value.Members);
        writer.Number(value.Index);
        writer.Optional(value.Leader, static (to, leader) => to.Text(leader.Value));
        output.Write(writer.Written);
    }

    /// <inheritdoc/>
    public override Membership Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var membership = new Membership(
            WireFormat.ReadMembers(ref reader), new LogIndex(reader.Count()), reader.Flag() ? reader.Name() : null);
        reader.End();
        return membership;
    }
}
