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
            isCall |= read is ClientCall.Append or ClientCall.Query or ClientCall.Change or WireMessage.Foreign;
            left = left[(sizeof(int) + size)..];
        }

        return (string.Join("; ", texts), isCall);
    }

    private static string Of(WireMessage message) => message switch
    {
        WireMessage.CoreMessage { Envelope: var envelope } => Shortened($"term {envelope.Term} {envelope.Body}"),
        WireMessage.Hello { Processes: var processes } => Shortened($"Hello of {string.Join(", ", processes.Select(each => each.Name))}"),
        ClientReply.Located { Leader: null } => "Located, no leader",
        ClientReply.Located { Leader: { } leader } located => $"Located, {leader} leads in term {located.Term}",
        ClientCall.Append append => $"Append {append.Number} of '{append.Key}'{(append.IsRetry ? ", again" : "")}",
        WireMessage.Foreign { Manifest: var manifest, Bytes: var bytes } => OutcomeFormat.Types[manifest] == typeof(IOutcome)
            ? OutcomeOf(bytes)
            : OutcomeFormat.Types[manifest].Name,
        ClientCall.Change or AppendReply or ChangeReply => Shortened($"{message}"),
        _ => message.GetType().Name,
    };

    private static string OutcomeOf(ReadOnlyMemory<byte> bytes)
    {
        // Before the outcome come the version of the format and the name of its type.
        ByteReader reader = new(bytes.Span);
        _ = reader.Octet();
        _ = reader.Text();
        return OutcomeFormat.ReadBytes(ref reader) switch
        {
            Outcome<ReadOnlyMemory<byte>>.Done done => $"Done, serial {done.Serial}",
            Outcome<ReadOnlyMemory<byte>>.NotCommitted not => $"NotCommitted, {not.Reason}",
            Outcome<ReadOnlyMemory<byte>>.Unknown unknown => $"Unknown, {unknown.Reason}",
            var other => $"{other.GetType().Name}",
        };
    }

    private static string Shortened(string text) => text.Length <= LengthMax ? text : $"{text.AsSpan(0, LengthMax)}...";
}
