using RaftActors.Network;
using RaftActors.Values;

namespace RaftActors.Fuzz.Targets;

/// <summary>The first bytes of a connection, of either side.</summary>
internal sealed class HandshakeTarget : Target
{
    private const byte IsAnswer = 1;

    public override string Name => "handshake";

    public override string Reads => "Handshake";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, .. new Handshake("akka.tcp://demo@127.0.0.1:2551", 1, ConnectionKind.Node).ToBytes()],
        [0, .. new Handshake("akka.tcp://Size-2@[::1]:2551", ulong.MaxValue, ConnectionKind.Client).ToBytes()],
        [IsAnswer, .. Handshake.AnswerOf(FormatRange.Own)],
    ];

    // As the two ends of a connection do it: they read a fixed number of bytes, and then those that these announce.
    public override object Read(byte[] input)
    {
        if (input is [IsAnswer, ..])
        {
            return Handshake.ReadAnswer(Take(input, 1, Handshake.AnswerSize));
        }

        var size = Handshake.ReadHead(Take(input, 1, Handshake.HeadSize));
        var handshake = Handshake.ReadRest(Take(input, 1 + Handshake.HeadSize, size));
        return (handshake, Address.TryParse(handshake.Address, out Address? address) ? address : null);
    }

    public override void Check(object read)
    {
        if (read is FormatRange formats)
        {
            DemandEqual(formats, Handshake.ReadAnswer(Handshake.AnswerOf(formats)), "The answer changes");
        }
        else
        {
            var (handshake, address) = ((Handshake, Address?))read;
            var again = Handshake.ReadRest(handshake.ToBytes().AsSpan(Handshake.HeadSize));
            DemandEqual(handshake, again, "The handshake changes");
            _ = address is null || WirePath.TryParse($"{address}{InboundNodeConnection.RegistryPath}", out _);
        }
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;

    private static ReadOnlySpan<byte> Take(byte[] input, int at, int size) => at + size <= input.Length
        ? input.AsSpan(at, size)
        : throw new InvalidDataException("The connection ended before its handshake was complete.");
}
