using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Testing.Replay;

namespace RaftActors.Examples;

/// <summary>Replays a backup of a group as docs/how-to/before-you-deploy.md shows.</summary>
public sealed class PurseReplayTests() : TestKit(Hocon), IAsyncLifetime
{
    private static readonly Config Hocon = ConfigurationFactory.ParseString(
        "raft { node = node1, nodes = [node1], quorum.allow-fewer-than-three = on }");

    private readonly string _folder = Directory.CreateTempSubdirectory("replay").FullName;
    private string _backup = "";

    public async Task InitializeAsync()
    {
        Sys.ActorOf(Props.Create(() => new LastPurse()), "purse");
        await using var client = Raft.Get(Sys).CreateClient<decimal, decimal>("purse");
        foreach (var booking in new[] { 0.5m, 0.125m, 1 })
        {
            (await client.AppendAsync("booking", booking)).OrThrow();
        }

        _backup = (await client.BackupAsync(Path.Combine(_folder, "monday.backup"))).Path;
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public void Next_purse_does_with_the_log_what_the_last_one_did()
    {
        var report = RaftReplay.Compare([_backup], () => new LastPurse(), () => new Purse());

        Assert.Null(report.Difference);
    }

    [Fact]
    public async Task Shard_of_entities_is_created_by_a_method()
    {
        Raft.Get(Sys).UseJson(BankJson.Default);
        RaftShards shards = new("bank", 4);
        var shard = shards.All[3];
        Sys.ActorOf(Props.Create(() => new EntityShard<Account, Balance>(shard, () => new Account(), null)), shard.Group);
        await using var bank = Raft.Get(Sys).CreateEntityClient<AccountCommand, bool>(shards);
        var id = Enumerable.Range(1, 100).Select(number => $"account-{number}").First(id => shards.Of(id) == shard);
        (await bank.SendAsync(id, new Deposit(100))).OrThrow();
        await using var client = Raft.Get(Sys).CreateClient<object?, object?>(shard.Group);
        var backup = await client.BackupAsync(Path.Combine(_folder, "shard.backup"));

        var report = RaftReplay.Run([backup.Path], AccountReplay.Create, new() { SetUp = raft => raft.UseJson(BankJson.Default) });

        Assert.Null(report.Difference);
        Assert.Equal(1, report.Pairs);
        Assert.NotNull(report.State);
    }
}
