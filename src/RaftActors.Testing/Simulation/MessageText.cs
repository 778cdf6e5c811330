using System.Buffers.Binary;

using Akka.Actor;

using RaftActors.Core.Codec;
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
    /// <returns>The text, and whether it is a call of a client or the answer to one.</returns>
    public static (string Text, bool IsCall) Of(string to, ReadOnlyMemory<byte> message)
    {
        if (Datagram.Read(message.Span).Kind is not Datagram.Purpose.Frames)
        {
            return ($"{Datagram.Read(message.Span).Kind}", false);
        }

        List<string> texts = [];
        var isCall = false;
        var own = CustomAddress.Of(to)!; // Justification: the name of a node of the simulation.
        FrameReader reader = new(own, _ => ActorRefs.Nobody) { ResolveSender = _ => ActorRefs.Nobody, MayReceive = _ => true };
        for (var left = message[Datagram.Size..]; !left.IsEmpty;)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(left.Span);
            var read = reader.Read(left.Slice(sizeof(int), size), out _).Message;
            texts.Add(Of(read));

            // A client's search for the leader is part of its calls, and its end is none.
            isCall |= read is WireMessage.Call or WireMessage.Reply
                && !texts[^1].StartsWith(nameof(ClientCall.Locate), StringComparison.Ordinal)
                && texts[^1] != nameof(ClientCall.Close);
            left = left[(sizeof(int) + size)..];
        }

        return (string.Join("; ", texts), isCall);
    }

    private static string Of(WireMessage message) => message switch
    {
        WireMessage.CoreMessage { Envelope: var envelope } => Shortened($"term {envelope.Term} {envelope.Body}"),
        WireMessage.Hello { Processes: var processes } => Shortened($"Hello of {string.Join(", ", processes.Select(each => each.Name))}"),
        WireMessage.Call call => CallOf(call.Frame),
        WireMessage.Reply reply => ReplyOf(reply.Frame),
        AppendReply or ChangeReply => Shortened($"{message}"),
        _ => message.GetType().Name,
    };

    private static string CallOf(ReadOnlyMemory<byte> frame)
    {
        ByteReader reader = new(frame.Span);
        return CallFormat.ReadCall(ref reader, new CallFormat.LatestTarget()).Call switch
        {
            ClientCall.Append append => $"Append {append.Number} of '{append.Key}'{(append.IsRetry ? ", again" : "")}",
            ClientCall.Change change => Shortened($"{change}"),
            var call => call.GetType().Name,
        };
    }

    private static string ReplyOf(ReadOnlyMemory<byte> frame)
    {
        ByteReader reader = new(frame.Span);
        CallFormat.ReadHead(ref reader);
        var number = reader.Octet();
        return number < OutcomeFormat.OutcomeNumber ? CallTable.ReadReply(ref reader, number) switch
        {
            ClientReply.Located { Leader: null } => "Located, no leader",
            ClientReply.Located { Leader: { } leader } located => $"Located, {leader} leads in term {located.Term}",
            var reply => reply.GetType().Name,
        }
        : number == OutcomeFormat.OutcomeNumber ? OutcomeOf(ref reader)
        : "Reply";
    }

    private static string OutcomeOf(ref ByteReader reader)
    {
        // Before the outcome comes the name of its type.
        _ = reader.Text();
        var outcome = OutcomeFormat.ReadEnd(ref reader, default(RequestRef), type: null);
        return outcome.Failure is { } failure ? $"{failure.Kind}, {failure.Reason}" : $"Done, serial {outcome.Serial}";
    }

    private static string Shortened(string text) => text.Length <= LengthMax ? text : $"{text.AsSpan(0, LengthMax)}...";
}
