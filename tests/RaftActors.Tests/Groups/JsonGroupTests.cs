namespace RaftActors.Tests.Groups;

/// <summary>A group and a client with types of the application, and one call for their JSON on each node.</summary>
public sealed class JsonGroupTests : NodesTest
{
    private readonly int _port = FreePorts.Next();
    private readonly ActorSystem _node;
    private readonly ActorSystem _client = ActorSystem.Create("client", RemoteNode.Network);

    public JsonGroupTests()
    {
        Own(_client);
        _node = Own(ActorSystem.Create("shop", RemoteNode.ConfigOf("stock", _port)));
        Raft.Get(_node).UseJson(StockJson.Default);
    }

    [Fact]
    public async Task Values_results_questions_answers_and_states_of_a_context_need_no_other_codec()
    {
        _node.ActorOf(Props.Create(() => new Stock()), "stock");
        await using var client = Raft.Get(_client).UseJson(StockJson.Default).CreateClient<Order, Receipt>(
            "default", [$"127.0.0.1:{_port}"]);

        var done = (await client.AppendAsync("order", new Order("apple", 7))).OrThrow();
        var answer = (await client.QueryAsync(new HowMany("apple"))).Result;
        var entry = (await client.GetAsync(done.Serial)).Result;

        Assert.Equal(new Receipt(1, new Order("apple", 7)), done.ResultOr(null!));
        Assert.Equal(new Pieces(7), answer);
        Assert.Equal(new Order("apple", 7), entry?.Value);
    }

    [Fact]
    public async Task Client_of_a_program_without_an_actor_system_names_the_context_too()
    {
        _node.ActorOf(Props.Create(() => new Stock()), "stock");
        await using var connection = new RaftConnection([$"127.0.0.1:{_port}"]);
        var client = connection.UseJson(StockJson.Default).CreateClient<Order, Receipt>("default");

        var done = (await client.AppendAsync("order", new Order("apple", 7))).OrThrow();

        Assert.Equal(new Receipt(1, new Order("apple", 7)), done.ResultOr(null!));
    }

    [Fact]
    public async Task Asker_on_another_node_names_the_result_type_without_a_codec()
    {
        _node.ActorOf(Props.Create(() => new Stock()), "stock");
        Raft.Get(_client).UseJson(StockJson.Default).AddResultType<Receipt>();

        var outcome = await _client.ActorSelection($"akka.tcp://shop@127.0.0.1:{_port}/user/stock")
            .Ask<Outcome<Receipt>>("buy", TimeSpan.FromSeconds(30));

        Assert.Equal(new Order("pear", 1), outcome.OrThrow().ResultOr(null!).Order);
    }

    [Fact]
    public void Client_of_a_type_without_json_is_refused_with_the_remedy()
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Raft.Get(_client).CreateClient<Order, int>("default"));

        Assert.Contains("Order has no serializer. Add it to the JsonSerializerContext of Raft.UseJson", problem.Message);
    }

    private sealed class Stock : RaftActor<Order, Receipt>, IRaftSnapshot<Dictionary<string, int>>
    {
        private Dictionary<string, int> _pieces = [];

        public Stock() => Receive<string>(_ => Group.Append("order", new Order("pear", 1), replyTo: Sender));

        public Dictionary<string, int> TakeSnapshot(Serial serial) => new(_pieces);

        public void RestoreSnapshot(Serial serial, Dictionary<string, int> state) => _pieces = new(state);

        protected override Receipt HandleAppend(Entry<Order> entry)
        {
            _pieces[entry.Value.Fruit] = _pieces.GetValueOrDefault(entry.Value.Fruit) + entry.Value.Pieces;
            return new Receipt(entry.Serial.Value, entry.Value);
        }

        protected override object? HandleQuery(object question) =>
            question is HowMany how ? new Pieces(_pieces.GetValueOrDefault(how.Fruit)) : null;
    }
}

internal sealed record Order(string Fruit, int Pieces);

internal sealed record Receipt(long Number, Order Order);

internal sealed record HowMany(string Fruit) : IRaftQuestion<Pieces>;

internal sealed record Pieces(int Number);

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(HowMany))]
[JsonSerializable(typeof(Pieces))]
[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class StockJson : JsonSerializerContext;
