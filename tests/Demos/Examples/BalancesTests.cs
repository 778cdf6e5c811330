using System.Threading.Channels;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Runs the projection of docs/how-to/keep-a-read-model.md against a scripted client.</summary>
public sealed class BalancesTests
{
    [Fact]
    public async Task Balances_have_each_booking_once()
    {
        ScriptedClient<int, int> ledger = new();
        Balances balances = new();
        ledger.Commit("alice", 3);
        ledger.Commit("alice", 2);
        ledger.CommitUnreadable("bob", new FormatException("no type Refund"));

        var problem = await Assert.ThrowsAsync<RaftProjectionException>(() => balances.RunAsync(ledger, tell: null));

        Assert.Contains("serial 3 and key 'bob'", problem.Message);
        Assert.Equal(5, balances.Of("alice"));
    }

    [Fact]
    public async Task Compacted_bookings_come_from_the_state_of_the_group()
    {
        ScriptedClient<int, int> ledger = new();
        Balances balances = new();
        ledger.Commit("alice", 3);
        ledger.Commit("alice", 2);
        ledger.Compact(through: new Serial(1));
        ledger.OnQuery = _ => new Dictionary<string, int> { ["alice"] = 5 };
        using CancellationTokenSource end = new();
        var told = Channel.CreateUnbounded<string>();
        var running = FollowAsync(ledger, balances, line => told.Writer.TryWrite(line), end.Token);

        Assert.Equal("Balances has the pairs up to serial 0.", await told.Reader.ReadAsync());
        Assert.Equal((5, new Serial(2)), (balances.Of("alice"), balances.Status.Serial));

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task FollowAsync(RaftClient<int, int> ledger, Balances balances, Action<string> log, CancellationToken stopping)
    {
        await balances.RunAsync(ledger, tell: status => log($"Balances {status}"), stopping);
    }
}
