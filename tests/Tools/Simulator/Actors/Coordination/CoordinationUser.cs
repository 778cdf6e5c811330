using System.Globalization;

using RaftActors.Coordination;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>A program outside of the group that locks, counts, reads and writes, several calls at a time.</summary>
internal sealed class CoordinationUser(SimulatedClient client, LockLedger locks, ItemCalls items)
{
    private const int Calls = 60;
    private const string Counter = "counter";

    // The rates of two clocks of the simulation differ by less.
    private const double ClockDrift = 0.03;

    private static readonly TimeSpan LifetimeOfItems = TimeSpan.FromSeconds(1);
    private static readonly string[] Mutexes = ["mutex-a", "mutex-b"];
    private static readonly string[] Names = [ItemCall.FirstItem, ItemCall.SecondItem];

    private readonly RaftCoordination _coordination = RaftCoordination.Get(client.System);

    /// <summary>The beginning of the names of two items that only transactions change, so that both are always equal.</summary>
    public const string Twins = "twin/";

    /// <summary>The beginning of the names of items that expire.</summary>
    public const string Expiring = "expiring/";

    private string AnyName => Names[client.Next(Names.Length)];

    public async Task RunAsync(TimeSpan faultsLast)
    {
        List<Task> open = [];
        for (var count = 0; count < Calls; count++)
        {
            open.Add(AnyCallAsync());
            if (client.Next(4) == 0)
            {
                await Task.WhenAll(open);
                open.Clear();
            }

            await DelayAsync(300);
        }

        await Task.WhenAll(open);
        await client.Delay(faultsLast - client.Now);

        // Ends only if the locks of crashed programs have become free.
        foreach (var name in Mutexes)
        {
            await UseAsync(await _coordination.LockAsync(name), 1);
        }

        await AddAsync();
        await ReadAsync(Counter);
    }

    /// <summary>Both or none of the twins are there, with one version and one value.</summary>
    public static bool AreTwins(IEnumerable<RaftItem> items)
    {
        var twins = items.Where(item => item.Name.StartsWith(Twins, StringComparison.Ordinal)).ToList();
        return twins.Count is 0 or 2 && twins.DistinctBy(item => (item.Version, item.Value)).Count() <= 1;
    }

    private Task AnyCallAsync() => client.Next(13) switch
    {
        0 or 1 => LockAsync(Mutexes[client.Next(Mutexes.Length)], 1),
        2 => LockAsync("semaphore", 2),
        3 or 4 => AddAsync(),
        5 => ReadAsync(client.Next(2) == 0 ? Counter : AnyName),
        6 => PutAsync(AnyName, null),
        7 => ReplaceAsync(AnyName),
        8 => DeleteAsync(AnyName, null),
        9 or 10 => CommitAsync(),
        11 => CommitTwinsAsync(),
        _ => PutExpiringAsync(),
    };

    private Task DelayAsync(int most) => client.Delay(TimeSpan.FromMilliseconds(client.Next(most)));

    private async Task LockAsync(string name, int permits)
    {
        var waits = client.Next(3) != 0;
        CancellationTokenSource limit = new();
        _ = GiveUpAsync(limit);
        RaftLock? held;
        try
        {
            held = waits
                ? await _coordination.LockAsync(name, permits, cancellationToken: limit.Token)
                : await _coordination.TryLockAsync(name, permits, cancellationToken: limit.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (held is not null)
        {
            await UseAsync(held, permits);
        }
    }

    private async Task GiveUpAsync(CancellationTokenSource limit)
    {
        await DelayAsync(4000);
        limit.Cancel();
    }

    private async Task UseAsync(RaftLock held, int permits)
    {
        locks.OnAcquired(held, permits);
        client.Trace($"has {held.Name} with the token {held.Token}");
        await DelayAsync(client.Next(5) == 0 ? 3000 : 200);
        if (permits == 1 && locks.Begin(held) is { } latest)
        {
            for (var left = client.Next(5); left > 0; left--)
            {
                await DelayAsync(50);
                if (!locks.TryWrite(held, ++latest))
                {
                    break;
                }
            }
        }

        locks.OnEnded(held);
        await held.DisposeAsync();
    }

    private Task AddAsync() => items.DoAsync(client.Number, new ItemCall.Add(Counter), async () =>
    {
        var sum = await _coordination.Items.AddAsync(Counter);
        return new ItemAnswer(true, string.Create(CultureInfo.InvariantCulture, $"{sum}"));
    });

    private async Task<RaftItem?> ReadAsync(string name)
    {
        RaftItem? item = null;
        await items.DoAsync(client.Number, new ItemCall.Get(name), async () =>
        {
            item = await _coordination.Items.GetAsync(name);
            return new ItemAnswer(item is not null, item?.Value);
        });
        if (item is not null)
        {
            items.OnSeen(name, item.Version, item.Value);
        }

        return item;
    }

    private Task PutAsync(string name, (long Version, string Value)? expected)
    {
        var value = items.NewValue();
        return items.DoAsync(client.Number, new ItemCall.Put(name, value, expected?.Value), async () =>
        {
            try
            {
                items.OnSeen(name, await _coordination.Items.PutAsync(name, value, new() { ExpectedVersion = expected?.Version }), value);
                return new ItemAnswer(true);
            }
            catch (RaftException e) when (e.Failure?.Reason == FailureReason.Outdated)
            {
                return new ItemAnswer(false);
            }
        });
    }

    // Reads, and writes or deletes on the condition that no other program has written since.
    private async Task ReplaceAsync(string name)
    {
        var found = await ReadAsync(name);
        await DelayAsync(200);
        if (found is not null && client.Next(3) == 0)
        {
            await DeleteAsync(name, (found.Version, found.Value));
        }
        else
        {
            await PutAsync(name, found is null ? (0, ItemCall.None) : (found.Version, found.Value));
        }
    }

    private Task DeleteAsync(string name, (long Version, string Value)? expected) =>
        items.DoAsync(client.Number, new ItemCall.Delete(name, expected?.Value), async () =>
        {
            try
            {
                return new ItemAnswer(await _coordination.Items.DeleteAsync(name, expected?.Version));
            }
            catch (RaftException e) when (e.Failure?.Reason == FailureReason.Outdated)
            {
                return new ItemAnswer(false);
            }
        });

    // Reads both items first, and expects one of them, or both, as they were.
    private async Task CommitAsync()
    {
        List<ItemCallPart> parts = [];
        foreach (var name in Names)
        {
            var found = await ReadAsync(name);
            var isChange = client.Next(4) != 0;
            parts.Add(new(
                name,
                !isChange || client.Next(2) == 0 ? found?.Value ?? ItemCall.None : null,
                found?.Version ?? 0,
                isChange,
                client.Next(3) == 0 ? null : items.NewValue()));
        }

        await DelayAsync(200);
        await items.DoAsync(client.Number, new ItemCall.Transaction([.. parts]), async () =>
        {
            if (await TryCommitAsync(transaction => parts.ForEach(part => Add(transaction, part))) is not { } version)
            {
                return new ItemAnswer(false);
            }

            foreach (var part in parts)
            {
                if (part is { IsChange: true, Value: { } value })
                {
                    items.OnSeen(part.Name, version, value);
                }
            }

            return new ItemAnswer(true);
        });
    }

    private static void Add(ItemTransaction transaction, ItemCallPart part)
    {
        if (part is { IsChange: true, Value: { } value })
        {
            transaction.Put(part.Name, value);
        }
        else if (part.IsChange)
        {
            transaction.Delete(part.Name);
        }

        if (part.Expected is not null)
        {
            transaction.Expect(part.Name, part.Version);
        }
    }

    private async Task CommitTwinsAsync()
    {
        try
        {
            var found = await _coordination.Items.ListAsync(Twins);
            locks.Demand(AreTwins(found), $"half of a transaction was read: {string.Join(", ", found)}");
            var value = items.NewValue();
            var isDeletion = client.Next(3) == 0;
            await TryCommitAsync(transaction =>
            {
                transaction.Expect($"{Twins}{client.Next(2)}", found is [var item, ..] ? item.Version : 0);
                for (var twin = 0; twin < 2; twin++)
                {
                    _ = isDeletion ? transaction.Delete($"{Twins}{twin}") : transaction.Put($"{Twins}{twin}", value);
                }
            });
        }
        catch (RaftException)
        {
            // The transaction may be done.
        }
    }

    // Null if an item is not as expected.
    private async Task<long?> TryCommitAsync(Action<ItemTransaction> fill)
    {
        try
        {
            return await _coordination.Items.CommitAsync(fill);
        }
        catch (RaftException e) when (e.Failure?.Reason == FailureReason.Outdated)
        {
            return null;
        }
    }

    private async Task PutExpiringAsync()
    {
        var (name, begun) = (Expiring + items.NewValue(), client.Now);
        try
        {
            await _coordination.Items.PutAsync(name, "", new() { Lifetime = LifetimeOfItems });
            var found = await _coordination.Items.GetAsync(name);
            locks.Demand(
                found is not null || client.Now - begun >= LifetimeOfItems * (1 - ClockDrift),
                $"{name} has expired {client.Now - begun} after it was written");
        }
        catch (RaftException)
        {
            // The item may be written.
        }
    }
}
