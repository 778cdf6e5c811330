using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Coordination;

using Shared;

namespace RaftActors.Examples;

/// <summary>A console program and the node that it calls.</summary>
public sealed class NightlyReportTests : TestKit
{
    private readonly string _address = $"127.0.0.1:{FreePorts.Next()}";

    [Fact]
    public async Task Report_has_the_balance_and_releases_its_lock()
    {
        var node = ActorSystem.Create("bank", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, actor.provider = remote }
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{_address.Split(':')[1]}} }
            raft { nodes = ["{{_address}}"], quorum.allow-fewer-than-three = on }
            """).WithFallback(RaftCoordination.DefaultConfig()));
        Raft.Get(node).UseJson(BankJson.Default);
        RaftShards shards = new("bank", 4);
        foreach (var shard in shards.All)
        {
            node.ActorOf(Props.Create(() => new EntityShard<Account, Balance>(shard, () => new Account(), null)), shard.Group);
        }

        var coordination = RaftCoordination.Get(node);
        await Raft.Get(node).CreateEntityClient<AccountCommand, bool>(shards).SendAsync("alice", new Deposit(100), Guard);

        Assert.Equal(100, await NightlyReport.MakeAsync([_address]).WaitAsync(Guard));

        Assert.NotNull(await coordination.TryLockAsync("nightly-report"));
        Assert.Equal("100", (await coordination.Items.GetAsync("reports/alice"))?.Value);
        await node.Terminate();
    }
}
