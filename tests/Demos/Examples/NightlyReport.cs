using RaftActors.Coordination;

namespace RaftActors.Examples;

/// <summary>A console program without an actor system. Several at a time make the report one after the other.</summary>
public static class NightlyReport
{
    public static async Task<long> MakeAsync(string[] contacts)
    {
        await using var connection = new RaftConnection(contacts).UseJson(BankJson.Default);
        await using var coordination = RaftCoordination.Connect(connection, "nightly-report");
        await using var held = await coordination.LockAsync("nightly-report");

        var bank = connection.CreateEntityClient<AccountCommand, bool>(new RaftShards("bank", 4));
        var balance = (await bank.AskAsync<Balance>("alice")).Result;
        await coordination.Items.PutAsync("reports/alice", $"{balance.Cents}");
        return balance.Cents;
    }
}
