namespace RaftActors.Examples;

/// <summary>Creates a shard of accounts for 'raft replay --actor AccountReplay'.</summary>
public static class AccountReplay
{
    public static EntityShard<Account, Balance> Create() => new(new RaftShards("bank", 4).All[3], () => new Account());
}
