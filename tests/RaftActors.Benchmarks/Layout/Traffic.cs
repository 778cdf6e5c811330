using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Benchmarks.Layout;

/// <summary>Counts messages, their bytes as the product encodes them, steps of Core and syncs of disks.</summary>
internal sealed class Traffic
{
    // Length, flag, and the numbers of receiver and sender on the connection.
    private const int FrameBytes = 9;

    private readonly Dictionary<(int From, int To), ByteWriter> _connections = [];
    private readonly Dictionary<int, long> _byNode = [];
    private readonly int _beatBytes = SizeOfBeat();

    public long Messages { get; private set; }

    /// <summary>The pre-votes and votes among them, with their answers.</summary>
    public long Votes { get; private set; }

    public long Bytes { get; private set; }

    public long Beats { get; private set; }

    public long BeatBytes => Beats * _beatBytes;

    public long Steps { get; set; }

    public long Syncs { get; set; }

    /// <summary>The bytes since the beginning, with those before <see cref="Clear"/>.</summary>
    public long Total { get; private set; }

    /// <summary>The messages and beats of the node that sent the most.</summary>
    public long MostOfNode => _byNode.Values.DefaultIfEmpty(0).Max();

    public void Clear()
    {
        (Messages, Votes, Bytes, Beats, Steps, Syncs) = (0, 0, 0, 0, 0, 0);
        _byNode.Clear();
    }

    public void Count(GroupNode from, GroupNode to, Envelope envelope)
    {
        if (!_connections.TryGetValue((from.Number, to.Number), out var writer))
        {
            _connections.Add((from.Number, to.Number), writer = new ByteWriter());
            writer.ShareMembers();
        }

        WireTable.WriteNamed(writer, new WireMessage.CoreMessage(envelope));
        Messages++;
        Votes += envelope.Body is Message.RequestVote or Message.RequestVoteReply ? 1 : 0;
        Bytes += writer.Length + FrameBytes;
        Total += writer.Length + FrameBytes;
        writer.Cut(0);
        CountOf(from);
    }

    public void CountBeat(GroupNode from)
    {
        Beats++;
        CountOf(from);
    }

    private static int SizeOfBeat()
    {
        var writer = new ByteWriter();
        WireTable.WriteNamed(writer, new WireMessage.NodeBeat([.. new ulong[WireMessage.NodeBeat.Parts]]));
        return writer.Length + FrameBytes;
    }

    private void CountOf(GroupNode node) => _byNode[node.Number] = _byNode.GetValueOrDefault(node.Number) + 1;
}
