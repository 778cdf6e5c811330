using Microsoft.Extensions.DependencyInjection;

namespace RaftActors.Hosting.Tests;

/// <summary>An entity that throws, in three hosts with files. A client sees which processes have it in quarantine.</summary>
public sealed class QuarantineTests : IAsyncLifetime
{
    private static readonly RaftShards Shards = new("tally", 1);

    private readonly TemporaryFolder _folder = new();
    private readonly int[] _ports = FreePorts.Take(3);
    private readonly List<HostedNode> _nodes = [];

    public Task InitializeAsync()
    {
        _nodes.AddRange(Enumerable.Range(0, 3).Select(NewNode));
        return Task.WhenAll(_nodes.Select(node => node.StartAsync()));
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Entity_is_quarantined_on_each_node_alone_and_after_a_restart_until_it_is_reset()
    {
        var entities = _nodes[1].Services.GetRequiredService<EntityClient>();
        await using var shard = Raft.Get(_nodes[1].System).CreateClient("tally-0");
        (await entities.SendAsync<int>("good", 1)).OrThrow();

        var thrown = await entities.SendAsync<int>("bad", "no number");

        Assert.Equal(UnknownReason.Quarantined, Assert.IsType<Outcome<int>.Unknown>(thrown).Reason);
        await UntilAsync(shard, status => status.Processes is { Length: 3 } all && all.All(HasBad));
        Assert.Equal(2, (await entities.SendAsync<int>("good", 1)).OrThrow().ResultOr(-1));

        await _nodes[0].DisposeAsync();
        _nodes[0] = NewNode(0);
        await _nodes[0].StartAsync();
        var restarted = $"127.0.0.1:{_ports[0]}";
        await UntilAsync(shard, status => status.Processes.Any(process => process.Name.Node == restarted && HasBad(process)));

        (await entities.ResetAsync("bad", timeout: HostedNode.Guard)).OrThrow();
        await UntilAsync(shard, status => status.Processes is { Length: 3 } all && all.All(process => process.Quarantined.IsEmpty));
        Assert.Equal(5, (await entities.SendAsync<int>("bad", 5)).OrThrow().ResultOr(-1));
    }

    private static bool HasBad(RaftStatus process) => process.Quarantined is [{ Id: "bad" } only] && only.Reason.Contains("InvalidCast");

    // Each answer of the processes lets time pass.
    private static async Task UntilAsync(RaftClient client, Predicate<GroupStatus> isReached)
    {
        using var guard = new CancellationTokenSource(HostedNode.Guard);
        while (!isReached(await client.StatusAsync(guard.Token)))
        {
        }
    }

    private HostedNode NewNode(int index) => new(
        _ports[index],
        _ports,
        akka => akka.WithRaftEntities<Tally, int>(Shards),
        services => services.AddRaftEntityClient(Shards),
        ("RaftActors:StoreDirectory", Path.Combine(_folder.Path, $"{index}")));

    private sealed class Tally : ReplicatedEntity<int>
    {
        protected override int NewState() => 0;

        protected override object? HandleCommand(object? command) => State += (int)command!;
    }
}
