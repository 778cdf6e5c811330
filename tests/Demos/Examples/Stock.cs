using System.Text.Json.Serialization;

namespace RaftActors.Examples;

/// <summary>A value of a type of your own.</summary>
public sealed record Order(string Article, int Pieces);

/// <summary>The types that a node writes as JSON: <c>Raft.Get(system).UseJson(ShopJson.Default)</c>.</summary>
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Dictionary<string, int>))]
public sealed partial class ShopJson : JsonSerializerContext;

/// <summary>The stock, the same on all nodes. Orders and snapshots are JSON in the log.</summary>
public sealed class Stock : RaftActor<Order, int>, IRaftSnapshot<Dictionary<string, int>>
{
    private Dictionary<string, int> _pieces = [];

    public Stock() => Receive<Order>(order => Group.Append("order", order, replyTo: Sender));

    public Dictionary<string, int> TakeSnapshot(Serial serial) => new(_pieces);

    public void RestoreSnapshot(Serial serial, Dictionary<string, int> state) => _pieces = new(state);

    protected override int HandleAppend(Entry<Order> entry)
    {
        var (article, pieces) = entry.Value;
        return _pieces[article] = _pieces.GetValueOrDefault(article) - pieces;
    }
}
