using System.Buffers;

using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>The bytes of a <see cref="Membership"/> in an outcome.</summary>
internal sealed class MembershipCodec : RaftCodec<Membership>
{
    private static readonly Action<ByteWriter, Membership> Write = WireFields.Writer<Membership>(Format);
    private static readonly ByteReader.Read<Membership> Read = WireFields.Reader<Membership>(Format);

    /// <inheritdoc/>
    public override void Encode(Membership value, IBufferWriter<byte> output)
    {
        var writer = new ByteWriter();
        Write(writer, value);
        output.Write(writer.Written);
    }

    /// <inheritdoc/>
    public override Membership Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var membership = Read(ref reader);
        reader.End();
        return membership;
    }

    private static Membership Format(ref WireFields f, Membership? membership) => new(
        WireFormat.Members(ref f, membership?.Members), new(f.Count(membership?.Index)), f.OptionalName(membership?.Leader));
}
