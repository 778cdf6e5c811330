namespace RaftActors.Tests.Groups;

/// <summary>A program without an actor system calls groups of a node over real sockets.</summary>
public sealed class ConnectionTests : NodesTest
{
    private static readonly RaftShards Sums = new("sums", 3);
    private static readonly RaftShards Bags = new("bags", 2);

    private readonly ActorSystem _node;
    private readonly string[] _contacts;

    public ConnectionTests()
    {
        var port = FreePorts.Next();
        _contacts = [$"127.0.0.1:{port}"];
        _node = Own(ActorSystem.Create(
            "node",
            ConfigurationFactory.ParseString($"raft.nodes = [\":{port}\"]\nraft.roster = []")
                .WithFallback(RemoteNode.ConfigOf("counter", port))));
        _node.ActorOf(Props.Create(() => new Counter(null)), "counter");
        foreach (var shard in Sums.All)
        {
            _node.ActorOf(Props.Create(() => new Counter(shard)), shard.Group);
        }

        foreach (var shard in Bags.All)
        {
            _node.ActorOf(Props.Create(() => new EntityShard<Bag, int>(shard, () => new Bag(), null)), shard.Group);
        }
    }

    [Fact]
    public async Task Clients_of_a_group_of_shards_and_of_entities_share_a_connection()
    {
        await using var connection = Connect();
        var counter = connection.CreateClient<int, int>("default");
        var sums = connection.CreateClient<int, int>(Sums);
        var bags = connection.CreateEntityClient<int, int>(Bags);
        var status = connection.CreateClient("default");

        Assert.Equal(40, (await counter.AppendAsync("clicks", 40)).Result);
        foreach (var shard in Sums.All)
        {
            Assert.Equal(shard.Index, (await sums[shard].AppendAsync("clicks", shard.Index)).Result);
        }

        foreach (var (id, number) in Enumerable.Range(1, 8).Select(number => ($"bag{number}", number)))
        {
            Assert.Equal(number, (await bags.SendAsync(id, number)).Result);
            Assert.Equal(number, (await bags.AskAsync<int>(id)).Result);
        }

        Assert.Equal("counter", Assert.Single((await status.StatusAsync()).Processes).Name.Process);
    }

    [Fact]
    public async Task Code_that_takes_the_interface_runs_in_both_programs()
    {
        await using var connection = Connect();

        Assert.Equal(1, await CountAsync(connection));
        Assert.Equal(2, await CountAsync(Raft.Get(_node)));

        static async Task<int> CountAsync(IRaftClients clients)
        {
            await using var counter = clients.CreateClient<int, int>("default");
            return (await counter.AppendAsync("clicks", 1)).Result;
        }
    }

    [Fact]
    public async Task Settings_name_the_contacts_and_the_group()
    {
        var settings = ConfigurationFactory.ParseString(
            $"raft {{ group = default, append-timeout = 1m, client.contacts = [\"{_contacts[0]}\"] }}");
        await using RaftConnection connection = new(settings: settings);

        Assert.Equal(40, (await connection.CreateClient<int, int>().AppendAsync("clicks", 40)).Result);
        Assert.Equal("default", connection.CreateClient().Group);
    }

    [Fact]
    public async Task Client_with_contacts_of_its_own_asks_those()
    {
        await using RaftConnection elsewhere = new(["127.0.0.1:1"], RemoteNode.Network);

        Assert.Equal(40, (await elsewhere.CreateClient<int, int>("default", _contacts).AppendAsync("clicks", 40)).Result);
    }

    [Fact]
    public async Task Disposed_connection_ends_the_calls_of_all_clients_and_makes_no_more()
    {
        RaftConnection connection = new(["127.0.0.1:1"]);
        var (first, second) = (connection.CreateClient<int, int>("default"), connection.CreateClient<int, int>(Sums));
        var append = first.AppendAsync("clicks", 1, TimeSpan.FromHours(1));
        var query = second[Sums.All[0]].QueryAsync<int>("total", TimeSpan.FromHours(1));

        await connection.DisposeAsync();
        await connection.DisposeAsync();

        Assert.Equal(FailureReason.Closed, (await append).NotDone().Reason);
        Assert.Equal(FailureReason.Closed, (await query).NotDone().Reason);
        Assert.Equal(FailureReason.Closed, (await first.AppendAsync("clicks", 2)).NotDone().Reason);
        Assert.Throws<ObjectDisposedException>(() => connection.CreateClient("default"));
    }

    [Fact]
    public async Task Other_clients_go_on_when_one_is_disposed()
    {
        await using var connection = Connect();
        var (first, second) = (connection.CreateClient<int, int>("default"), connection.CreateClient<int, int>("default"));
        await first.AppendAsync("clicks", 40);

        await first.DisposeAsync();

        Assert.Equal(42, (await second.AppendAsync("clicks", 2)).Result);
    }

    [Fact]
    public void Connection_needs_contacts_that_are_addresses_and_its_client_a_group()
    {
        var none = Assert.Throws<RaftConfigurationException>(() => new RaftConnection([]));
        var unset = Assert.Throws<RaftConfigurationException>(() => new RaftConnection());
        var wrong = Assert.Throws<RaftConfigurationException>(() => new RaftConnection(["127.0.0.1"]));
        var unknown = Assert.Throws<RaftConfigurationException>(
            () => new RaftConnection(_contacts, ConfigurationFactory.ParseString("raft.append-timout = 1s")));
        var unnamed = Assert.Throws<RaftConfigurationException>(() => Connect().CreateClient<int, int>());

        Assert.Equal("A RaftConnection has no contacts. Name nodes of the group as host:port, or set raft.client.contacts.", none.Message);
        Assert.Equal(none.Message, unset.Message);
        Assert.Contains("'127.0.0.1', which is no address. Write host:port", wrong.Message);
        Assert.Contains("append-timout", unknown.Message);
        Assert.Equal("A client needs the name of its group. Give it to CreateClient, or set raft.group.", unnamed.Message);
    }

    // With the long timeouts of the tests.
    private RaftConnection Connect() => new(_contacts, RemoteNode.Network);

    private sealed class Counter(RaftShard? shard) : RaftActor<int, int>(new() { Shard = shard })
    {
        private int _total;

        protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;

        protected override object? HandleQuery(object question) => question is "total" ? _total : null;
    }

    private sealed class Bag : ReplicatedEntity<int, int, int>
    {
        protected override int NewState() => 0;

        protected override int HandleCommand(int command) => State += command;
    }
}
