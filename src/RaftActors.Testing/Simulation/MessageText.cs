using System.Buffers.Binary;

using Akka.Actor;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Testing.Simulation;

/// <summary>Describes a message between nodes to people.</summary>
internal static class MessageText
{
    private const int LengthMax = 160;

    /// <param name="to">The name of the receiver.</param>
    /// <param name="message">A message of the custom transport. Each one repeats all names that its frames use.</param>
    public static string Of(string to, ReadOnlyMemory<byte> message)
    {
        if (Datagram.Read(message.Span).Kind is not Datagram.Purpose.Frames)
        {
            return $"{Datagram.Read(message.Span).Kind}";
        }

        List<string> texts = [];
        var own = CustomAddress.Of(to)!; // Justification: the name of a node of the simulation.
        FrameReader reader = new(own, _ => ActorRefs.Nobody) { ResolveSender = _ => ActorRefs.Nobody, MayReceive = _ => true };
        for (var left = message[Datagram.Size..]; !left.IsEmpty;)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(left.Span);
            texts.Add(reader.Read(left.Slice(sizeof(int), size), out _) is { } frame ? Of(frame.Message) : "unknown");
            left = left[(sizeof(int) + size)..];
        }

        return string.Join("; ", texts);
    }

    private static string Of(WireMessage message) => message switch
    {
        WireMessage.CoreMessage { Envelope: var envelope } => Shortened($"term {envelope.Term} {envelope.Body}"),
        WireMessage.Hello { Processes: var processes } => Shortened($"Hello of {string.Join(", ", processes.Select(each => each.Name))}"),
        ClientReply.Located { Leader: null } => "Located, no leader",
        ClientReply.Located { Leader: { } leader } located => $"Located, {leader} leads in term {located.Term}",
        ClientCall.Change or AppendReply or ChangeReply => Shortened($"{message}"),
        _ => message.GetType().Name,
    };

    private static string Shortened(string text) => text.Length <= LengthMax ? text : $"{text.AsSpan(0, LengthMax)}...";
}
