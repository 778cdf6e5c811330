using System.Text.Json.Nodes;

using MaelstromTrials;
using MaelstromTrials.Lists;
using MaelstromTrials.Network;
using MaelstromTrials.Registers;

namespace Maelstrom.Tests;

/// <summary>Nodes as processes of their own.</summary>
public sealed class NodeTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private static readonly string[] Program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Maelstrom.dll")];

    private readonly TemporaryFolder _folder = new();
    private readonly BadNetwork _network = new(seed: 1, new NetworkFaults(TimeSpan.Zero, 0, 0));
    private NodeProcess _node;

    public NodeTests() => _node = Start();

    [Fact]
    public async Task Request_before_the_init_is_refused_for_certain() =>
        Assert.Equal(11, (int)(await CallAsync("""{"type":"read","key":1}"""))["code"]!);

    [Theory]
    [InlineData("""{"type":"erase","key":1}""", 10)]
    [InlineData("""{"type":"write","key":1}""", 12)]
    [InlineData("""{"type":"init"}""", 12)]
    public async Task Request_that_cannot_be_done_is_refused(string body, int code)
    {
        await InitAsync();

        Assert.Equal(code, (int)(await CallAsync(body))["code"]!);
    }

    [Fact]
    public async Task Line_that_is_no_message_is_skipped()
    {
        _node.Tell("nonsense");
        _node.Tell("[]");
        _node.Tell("""{"src":"n2","dest":"n1","body":{"type":"raft","bytes":"?"}}""");
        await InitAsync();
        _node.Tell("""{"src":"n2","dest":"n1","body":{"type":"raft","bytes":"?"}}""");
        _node.Tell("""{"src":"n2","dest":"n1","body":{"type":"raft","bytes":"AAAA"}}""");

        Assert.Equal("write_ok", $"{(await CallAsync("""{"type":"write","key":1,"value":1}"""))["type"]}");
        Assert.Empty(_network.Rubbish);
    }

    [Fact]
    public async Task Killed_node_has_its_keys_again()
    {
        await InitAsync();
        await CallAsync("""{"type":"write","key":1,"value":"kept"}""");
        await _node.DisposeAsync();

        _node = Start();
        await InitAsync();

        Assert.Equal("kept", $"{(await CallAsync("""{"type":"read","key":1}"""))["value"]}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Three_nodes_on_a_bad_network_answer_like_one(bool hasRegisters)
    {
        var settings = new WorkloadTrialSettings(
            Program,
            _folder.Path,
            Nodes: 3,
            Seed: 1,
            TimeSpan.FromSeconds(5),
            TimeSpan.FromMilliseconds(50),
            new NetworkFaults(TimeSpan.FromMilliseconds(5), 0.02, 0.1));
        await using var trial = new WorkloadTrial(settings, hasRegisters ? new RegisterWorkload(seed: 1) : new ListWorkload(seed: 1));

        Assert.Empty(await trial.RunAsync());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    private NodeProcess Start()
    {
        var node = new NodeProcess(Program, _folder["alone"], _network.Route);
        _network.Connect("n1", node);
        return node;
    }

    private async Task InitAsync() =>
        Assert.Equal("init_ok", $"{(await CallAsync("""{"type":"init","node_id":"n1","node_ids":["n1"]}"""))["type"]}");

    private async Task<JsonObject> CallAsync(string body) =>
        await _network.CallAsync("c1", "n1", JsonNode.Parse(body)!.AsObject(), Guard) ?? throw new TimeoutException($"No answer to {body}");
}
