using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Testing.Simulation;

/// <summary>Describes to people what one end of a connection sends.</summary>
/// <param name="connector">That of the other end, which has connected. Null: this end connects.</param>
internal sealed class SentText(SentText? connector)
{
    private const int LengthMax = 160;
    private const string Located = nameof(ClientReply.Located);

    private readonly ReceiveBlock _block = new(int.MaxValue - 1024, beginsSmall: true);
    private ConnectionKind? _kind;
    private FrameReader? _frames;
    private bool _isGreeted;

    /// <param name="to">The name of the receiver.</param>
    /// <param name="bytes">The next bytes of the stream. The handshake is sent as one.</param>
    /// <returns>Texts, and whether each is a call of a client or the answer to one.</returns>
    public IEnumerable<(string Text, bool IsCall)> Of(string to, byte[] bytes)
    {
        if (!_isGreeted)
        {
            _isGreeted = true;
            _kind = connector is null ? Handshake.ReadRest(bytes.AsSpan(Handshake.HeadSize)).Kind : null;
            return [(connector is null ? $"connects as {_kind}" : "accepts", false)];
        }

        List<(string, bool)> texts = [];
        for (var left = bytes.AsMemory(); !left.IsEmpty;)
        {
            var room = _block.Room();
            var part = left[..Math.Min(left.Length, room.Length)];
            part.CopyTo(room);
            _block.Add(part.Length);
            left = left[part.Length..];
            while (_block.TryTake(out var frame))
            {
                _block.Keep();
                texts.Add(Of(to, frame));
            }
        }

        return texts;
    }

    // A client's search for the leader is part of its calls, and its end is none.
    private (string Text, bool IsCall) Of(string to, ReadOnlyMemory<byte> frame)
    {
        if (connector is not null)
        {
            return ReplyOf(frame) is var reply && reply.StartsWith(Located, StringComparison.Ordinal) ? (reply, false) : (reply, true);
        }

        if (_kind == ConnectionKind.Client)
        {
            var call = CallOf(frame);
            return (call, call is not (nameof(ClientCall.Locate) or nameof(ClientCall.Ping) or nameof(ClientCall.Close)));
        }

        _frames ??= new FrameReader(RaftAddress.Of(to)!, _ => ActorRefs.Nobody) // Justification: the name of a node of the simulation.
        {
            ResolveSender = _ => ActorRefs.Nobody,
            MayReceive = _ => true,
        };
        var read = _frames.Read(frame, out _).Message;
        return (Of(read), read is WireMessage.Call or WireMessage.Reply);
    }

    private static string Of(WireMessage message) => message switch
    {
        WireMessage.CoreMessage { Envelope: var envelope } => Shortened($"term {envelope.Term} {envelope.Body}"),
        WireMessage.Presence { Stopped: [] } told => Shortened($"Presence of {string.Join(", ", told.Running.Select(each => each.Name))}"),
        WireMessage.Presence told => Shortened($"End of {string.Join(", ", told.Stopped.Select(each => each.Name))}"),
        WireMessage.Call call => CallOf(call.Frame),
        WireMessage.Reply reply => ReplyOf(reply.Frame),
        AppendReply => Shortened($"{message}"),
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
