using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Accounts on one node.</summary>
public sealed class AccountTests() : TestKit(Hocon)
{
    private static readonly Config Hocon = ConfigurationFactory.ParseString(
        """
        raft { node = node1, nodes = [node1], quorum.allow-fewer-than-three = on, append-timeout = 1m }
        """);

    [Fact]
    public async Task Account_refuses_to_pay_more_than_it_has()
    {
        await using var bank = StartBank(Sys);

        await bank.SendAsync("alice", new Deposit(100));
        var tooMuch = await bank.SendAsync("alice", new Withdraw(101));
        var enough = await bank.SendAsync("alice", new Withdraw(60));

        Assert.False(tooMuch.OrThrow().ResultOr(true));
        Assert.True(enough.OrThrow().ResultOr(false));
        Assert.Equal(new Balance(40), (await bank.AskAsync<Balance>("alice")).Result);
        Assert.Equal(new Balance(0), (await bank.AskAsync<Balance>("bob")).Result);
    }

    [Fact]
    public async Task Command_for_no_account_is_refused_before_it_is_written()
    {
        await using var bank = StartBank(Sys);
        await using var other = Raft.Get(Sys).CreateEntityClient<string, bool>(new RaftShards("bank", 4));

        var refused = await other.SendAsync("alice", "100 euros");

        Assert.Equal(FailureReason.Invalid, refused.Failure?.Reason);
    }

    [Fact]
    public async Task Code_that_has_a_client_is_tested_without_nodes()
    {
        Raft.Get(Sys).UseJson(BankJson.Default);
        var bank = new ScriptedEntities<Balance, AccountCommand, bool>(Sys, () => new Account());

        await bank.Client.SendAsync("alice", new Deposit(100));
        Assert.Equal(new Balance(100), (await bank.Client.AskAsync<Balance>("alice")).Result);

        bank.IsReachable = false;
        var unsent = await bank.Client.SendAsync("alice", new Deposit(1));
        Assert.Equal(FailureKind.NotDone, unsent.Failure?.Kind);
    }

    [Fact]
    public void Snapshot_restores_the_accounts()
    {
        Raft.Get(Sys).UseJson(BankJson.Default);
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked);
        var shard = new RaftShards("bank", 1).All[0];
        Sys.ActorOf(Props.Create(() => new EntityShard<Account, Balance>(shard, () => new Account(), null)), shard.Group);
        group.BuildQuorum(withActor: false);
        group.Commit("alice", new Deposit(100));
        group.TakeSnapshot();
        var before = (byte[])asked.ExpectMsg<FromActor<object?>.Snapshot>().State!;
        group.Commit("alice", new Deposit(1));
        group.Commit("bob", new Deposit(1));

        group.SendStreamSnapshot(new Serial(100), before);
        group.TakeSnapshot();

        Assert.Equal(before, asked.ExpectMsg<FromActor<object?>.Snapshot>().State);
    }

    private static EntityClient<AccountCommand, bool> StartBank(ActorSystem system)
    {
        Raft.Get(system).UseJson(BankJson.Default);
        var shards = new RaftShards("bank", 4);
        foreach (var shard in shards.All)
        {
            system.ActorOf(Props.Create(() => new EntityShard<Account, Balance>(shard, () => new Account(), null)), shard.Group);
        }

        return Raft.Get(system).CreateEntityClient<AccountCommand, bool>(shards);
    }
}
