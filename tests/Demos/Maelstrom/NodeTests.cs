using System.Text.Json.Nodes;

using MaelstromTrials;
using MaelstromTrials.Network;

namespace Maelstrom.Tests;

/// <summary>Nodes as processes of their own. The tests of one node share its process, because its start costs seconds.</summary>
public sealed class NodeTests(NodeTests.OneNode one) : IClassFixture<NodeTests.OneNode>
{
    private static readonly string[] Program = ["dotnet", Programs.Find("demo/Maelstrom", "Maelstrom")];

    [Fact]
    public void Request_before_the_init_is_refused_for_certain() => Assert.Equal(11, (int)one.BeforeInit["code"]!);

    [Theory]
    [InlineData("""{"type":"erase","key":1}""", 10)]
    [InlineData("""{"type":"write","key":1}""", 12)]
    [InlineData("""{"type":"init"}""", 12)]
    public async Task Request_that_cannot_be_done_is_refused(string body, int code) =>
        Assert.Equal(code, (int)(await one.CallAsync(body))["code"]!);

    // The fixture has told the node such lines before its init too.
    [Fact]
    public async Task Line_that_is_no_message_is_skipped()
    {
        one.Tell("nonsense");
        one.Tell("""{"src":"n2","dest":"n1","body":{"type":"raft","bytes":"?"}}""");
        one.Tell("""{"src":"n2","dest":"n1","body":{"type":"raft","bytes":"AAAA"}}""");

        Assert.Equal("write_ok", $"{(await one.CallAsync("""{"type":"write","key":2,"value":1}"""))["type"]}");
        Assert.Empty(one.Rubbish);
    }

    [Fact]
    public async Task Killed_node_has_its_keys_again()
    {
        await one.CallAsync("""{"type":"write","key":3,"value":"kept"}""");

        await one.RestartAsync();

        Assert.Equal("kept", $"{(await one.CallAsync("""{"type":"read","key":3}"""))["value"]}");
    }

    [Fact]
    public async Task Three_nodes_on_a_bad_network_answer_like_one()
    {
        using TemporaryFolder folder = new();
        var settings = new WorkloadTrialSettings(
            Program,
            folder.Path,
            Nodes: 3,
            Seed: 1,
            TimeSpan.FromSeconds(5),
            TimeSpan.FromMilliseconds(50),
            new NetworkFaults(TimeSpan.FromMilliseconds(5), 0.02, 0.1));
        await using var trial = new WorkloadTrial(settings, new BothWorkloads(seed: 1));

        Assert.Empty(await trial.RunAsync());
    }

    /// <summary>The process of a node that is alone. It was initialized after lines that are no messages, and after a request.</summary>
    public sealed class OneNode : IAsyncLifetime
    {
        private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

        private readonly TemporaryFolder _folder = new();
        private readonly BadNetwork _network = new(seed: 1, new NetworkFaults(TimeSpan.Zero, 0, 0));
        private NodeProcess _node;

        /// <summary>Starts the process.</summary>
        public OneNode() => _node = Start();

        /// <summary>The answer to a request before the init.</summary>
        public JsonObject BeforeInit { get; private set; } = [];

        /// <summary>What the node has written to its standard output and is no message.</summary>
        public IEnumerable<string> Rubbish => _network.Rubbish;

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            Tell("nonsense");
            Tell("[]");
            Tell("""{"src":"n2","dest":"n1","body":{"type":"raft","bytes":"?"}}""");
            BeforeInit = await CallAsync("""{"type":"read","key":1}""");
            await InitAsync();
        }

        /// <inheritdoc/>
        public async Task DisposeAsync()
        {
            await _node.DisposeAsync();
            _folder.Dispose();
        }

        /// <summary>Writes a line to the node.</summary>
        public void Tell(string line) => _node.Tell(line);

        /// <summary>Returns the answer to a request.</summary>
        public async Task<JsonObject> CallAsync(string body) =>
            await _network.CallAsync("c1", "n1", JsonNode.Parse(body)!.AsObject(), Guard)
                ?? throw new TimeoutException($"No answer to {body}");

        /// <summary>Kills the process and starts another one in its folder.</summary>
        public async Task RestartAsync()
        {
            await _node.DisposeAsync();
            _node = Start();
            await InitAsync();
        }

        private NodeProcess Start()
        {
            var node = new NodeProcess(Program, _folder["alone"], _network.Route);
            _network.Connect("n1", node);
            return node;
        }

        private async Task InitAsync() =>
            Assert.Equal("init_ok", $"{(await CallAsync("""{"type":"init","node_id":"n1","node_ids":["n1"]}"""))["type"]}");
    }
}
