using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Examples;

/// <summary>A value of a type of your own.</summary>
public sealed record Order(string Article, int Pieces);

/// <summary>The stock, the same on all nodes. Orders and snapshots are JSON in the log.</summary>
public sealed class Stock : RaftActor<Order, int>, IRaftSnapshot<Dictionary<string, int>>
{
    private Dictionary<string, int> _pieces = [];

    public Stock()
        : base(new() { Codec = RaftCodec.Json<Order>() }) =>
        Receive<Order>(order => Raft.Append("order", order, replyTo: Sender));

    public RaftCodec<Dictionary<string, int>> StateCodec { get; } = RaftCodec.Json<Dictionary<string, int>>();

    public Dictionary<string, int> TakeSnapshot(Serial serial) => new(_pieces);

    public void RestoreSnapshot(Serial serial, Dictionary<string, int> state) => _pieces = new(state);

    protected override int HandleAppend(Entry<Order> entry)
    {
        var (article, pieces) = entry.Value;
        return _pieces[article] = _pieces.GetValueOrDefault(article) - pieces;
    }
}
