using RaftActors.Coordination;
using RaftActors.Coordination.State;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>
/// Watches the items and the leaders, and moves the leadership of the group. After the faults it demands that everything has recovered.
/// </summary>
internal sealed class CoordinationWatcher(SimulatedClient client, LockLedger locks, int nodes)
{
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly RaftCoordination _coordination = RaftCoordination.Get(client.System);
    private IReadOnlyDictionary<string, RaftItem> _items = new Dictionary<string, RaftItem>();

    public async Task RunAsync(TimeSpan faultsLast, Func<bool> areOthersDone)
    {
        var streams = Task.WhenAny(WatchAsync(), ObserveAsync());
        await using (var group = Raft.Get(client.System).CreateClient<Command, Answer>("coordination"))
        {
            while (client.Now < faultsLast)
            {
                await client.Delay(TimeSpan.FromMilliseconds(client.Next(3000)));
                await group.TransferLeadershipAsync(timeout: ChangeTimeout);
            }
        }

        var billed = locks.RegisterOf(Candidate.Leadership).Last;
        while (!areOthersDone() || locks.RegisterOf(Candidate.Leadership).Last <= billed || !await AreAllItemsKnownAsync())
        {
            await client.Delay(Pause);
            if (streams.IsCompleted)
            {
                await await streams;
            }
        }
    }

    // The programs of all nodes have their items, no item has outlived its lifetime, and the stream has told all of it.
    private async Task<bool> AreAllItemsKnownAsync()
    {
        var all = await _coordination.Items.ListAsync();
        var programs = all.Select(item => item.Name).Where(name => name.StartsWith(Candidate.Items, StringComparison.Ordinal));
        return programs.SequenceEqual(Enumerable.Range(0, nodes).Select(Candidate.ItemOf))
            && !all.Any(item => item.Name.StartsWith(CoordinationUser.Expiring, StringComparison.Ordinal))
            && all.SequenceEqual(_items.Values);
    }

    private async Task WatchAsync()
    {
        var latest = -1L;
        await foreach (var change in _coordination.Items.WatchAsync(timeout: Timeout.InfiniteTimeSpan))
        {
            var version = change.Name is null ? latest : change.Version;
            locks.Demand(version >= latest, $"the change {version} was told after {latest}");
            locks.Demand(CoordinationUser.AreTwins(change.Items.Values), $"half of a transaction was told at {version}");
            latest = version;
            _items = change.Items;
        }
    }

    private async Task ObserveAsync()
    {
        var latest = 0L;
        await foreach (var holders in _coordination.ObserveAsync(Candidate.Leadership, Timeout.InfiniteTimeSpan))
        {
            locks.Demand(holders.Count <= 1, $"{holders.Count} programs lead");
            if (holders is [var leader])
            {
                locks.Demand(leader.Token > latest, $"the leader with the token {leader.Token} was told after {latest}");
                latest = leader.Token;
            }
        }
    }
}
