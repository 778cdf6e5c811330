using Akka.Actor;

using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Fuzz.Targets;

/// <summary>The first bytes of a lane, of either side.</summary>
internal sealed class HandshakeTarget : Target
{
    private const byte IsAnswer = 1;

    public override string Name => "handshake";

    public override string Reads => "LaneHandshake";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, .. new LaneHandshake("akka.tcp://demo@127.0.0.1:2551", 1, 2, LaneKind.Node, 2552).ToBytes()],
        [0, .. new LaneHandshake("akka.tcp://Size-2@[::1]:2551", ulong.MaxValue, 0, LaneKind.Successor, 65535).ToBytes()],
        [0, .. new LaneHandshake("akka.tcp://demo@127.0.0.1:2551", 1, 0, LaneKind.Client, 0).ToBytes()],
        [IsAnswer, .. LaneHandshake.AnswerOf(0x0123456789ABCDEF)],
    ];

    // As the two ends of a lane do it: they read a fixed number of bytes, and then those that these announce.
    public override object Read(byte[] input)
    {
        if (input is [IsAnswer, ..])
        {
            return LaneHandshake.ReadAnswer(Take(input, 1, LaneHandshake.AnswerSize));
        }

        var size = LaneHandshake.ReadHead(Take(input, 1, LaneHandshake.HeadSize));
        var handshake = LaneHandshake.ReadRest(Take(input, 1 + LaneHandshake.HeadSize, size));
        return (handshake, Address.TryParse(handshake.Address, out Address? address) ? address : null);
    }

    public override void Check(object read)
    {
        if (read is ulong node)
        {
            DemandEqual(node, LaneHandshake.ReadAnswer(LaneHandshake.AnswerOf(node)), "The answer changes");
        }
        else
        {
            var (handshake, address) = ((LaneHandshake, Address?))read;
            var again = LaneHandshake.ReadRest(handshake.ToBytes().AsSpan(LaneHandshake.HeadSize));
            DemandEqual(handshake, again, "The handshake changes");
            _ = address is null || WirePath.TryParse($"{address}{InboundLane.RegistryPath}", out _);
        }
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;

    private static ReadOnlySpan<byte> Take(byte[] input, int at, int size) => at + size <= input.Length
        ? input.AsSpan(at, size)
        : throw new InvalidDataException("The connection ended before its handshake was complete.");
}
