namespace RaftActors.Cli.Tests.Application;

/// <summary>
/// A user's application on three nodes in the test's process: actor systems <c>shop</c> with a raft actor <c>orders</c> each. Dispose ends
/// them.
/// </summary>
internal sealed class OrdersGroup : IDisposable
{
    private readonly List<ActorSystem> _systems = [];
    private readonly RaftClient<string, int> _client;

    /// <param name="settings">More settings of <c>raft</c>.</param>
    /// <param name="store">The directory of the nodes, whose actors take snapshots; null: they have none, and take none.</param>
    public OrdersGroup(string settings = "", bool isAtAddress = false, string? store = null)
    {
        var ports = FreePorts.Take(3);
        Names = [.. ports.Select(port => new ProcessName($"orders@127.0.0.1:{port}"))];
        Contacts = [.. ports.Select(port => $"127.0.0.1:{port}")];
        foreach (var port in ports)
        {
            var directory = store is null ? "" : $"store.directory = \"{store}/{port}\"";
            var system = ActorSystem.Create("shop", ConfigOf(port, $"{settings}\n{directory}", isAtAddress));
            _systems.Add(system);
            system.ActorOf(store is null ? Props.Create(() => new Orders(null)) : Props.Create(() => new StoredOrders()), "orders");
        }

        _client = Raft.Get(_systems[0]).CreateClient<string, int>(contacts: [.. Contacts.Skip(1)]);
    }

    /// <summary>In the order of the contacts.</summary>
    public ProcessName[] Names { get; }

    public string[] Contacts { get; }

    /// <summary>Appends a pair, and waits until each process knows that it is committed. Returns its serial.</summary>
    public async Task<long> AppendAsync(string key, string value)
    {
        var outcome = await _client.AppendAsync(key, value, Guard);
        var serial = outcome.OrThrow().Serial;
        while ((await _client.StatusAsync()).Processes.Count(process => process.Delivered >= serial) < Names.Length)
        {
        }

        return serial.Value;
    }

    public void Dispose()
    {
        _client.DisposeAsync().AsTask().Wait(Guard);
        Task.WaitAll([.. _systems.Select(system => system.Terminate())], Guard);
    }

    private Config ConfigOf(int port, string settings, bool isAtAddress) => ShopConfig.Of(
        port,
        $"""
        group = orders
        roster = [{string.Join(", ", Names.Select(name => $"\"{name}\""))}]
        {(isAtAddress ? "transport-tcp.port-offset = 0" : "")}
        founding-timeout = 3s
        {settings}
        """,
        isAtAddress ? $"port = 0, public-hostname = \"127.0.0.1\", public-port = {port}" : null);
}
