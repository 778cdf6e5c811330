using RaftActors.Coordination;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>A program that holds locks, adds to a counter, writes items, and observes a lock, until the faults are over.</summary>
internal sealed class CoordinationProgram(SimulatedClient client, CoordinationBook book)
{
    private readonly RaftCoordination _coordination = RaftCoordination.Get(client.System);
    private readonly CancellationTokenSource _ended = new();

    private bool HasFaults => client.Now < CoordinationWorkload.FaultsLast;

    public async Task RunAsync()
    {
        // The coordination continues where its answers arrive, so that this program needs no context of its own.
        SynchronizationContext.SetSynchronizationContext(null);
        var observing = ObserveAsync();
        await Task.WhenAll(LockAsync(), LockAsync(), AddAsync(), WriteAsync());
        _ended.Cancel();
        await observing;

        // Ends only if nobody keeps a lock that it should not have.
        foreach (var name in CoordinationWorkload.Locks)
        {
            await using var held = await _coordination.LockAsync(name);
            book.OnAcquired(held);
        }
    }

    private async Task LockAsync()
    {
        while (HasFaults)
        {
            await PauseAsync(800);
            var name = CoordinationWorkload.Locks[client.Next(CoordinationWorkload.Locks.Length)];
            using CancellationTokenSource patience = new();
            if (client.Next(3) == 0)
            {
                _ = GiveUpAsync(patience);
            }

            try
            {
                var held = client.Next(3) == 0
                    ? await _coordination.TryLockAsync(name, cancellationToken: patience.Token)
                    : await _coordination.LockAsync(name, cancellationToken: patience.Token);
                if (held is not null)
                {
                    await HoldAsync(held);
                }
            }
            catch (OperationCanceledException)
            {
                // It gave up.
            }
        }

        async Task GiveUpAsync(CancellationTokenSource patience)
        {
            await PauseAsync(3000);
            patience.Cancel();
        }
    }

    private async Task HoldAsync(RaftLock held)
    {
        book.OnAcquired(held);
        for (var uses = client.Next(20); uses > 0 && held.IsHeld; uses--)
        {
            await PauseAsync(100);
            book.OnUse(held);
        }

        await held.DisposeAsync();
    }

    private async Task AddAsync()
    {
        while (HasFaults)
        {
            await PauseAsync(300);
            var before = book.LatestSum;
            book.BeginAdd();
            if (await TryAsync(() => _coordination.Items.AddAsync("counter")) is { Value: var sum })
            {
                book.EndAdd(sum, before);
            }
        }
    }

    private async Task WriteAsync()
    {
        while (HasFaults)
        {
            await PauseAsync(300);
            var item = $"i/{client.Next(3)}";
            var before = book.VersionOf(item);
            var isWrite = client.Next(2) == 0;
            var ended = isWrite
                ? await TryAsync(() => _coordination.Items.PutAsync(item, $"{client.Number}"))
                : await TryAsync(() => _coordination.Items.GetAsync(item)) is { Value: var read } ? new(read?.Version) : null;
            if (ended is { Value: var version })
            {
                // Nothing deletes an item, so an item that is missing was never written.
                book.OnVersion(item, version ?? 0, before, isWrite);
            }
        }
    }

    private async Task ObserveAsync()
    {
        var before = 0L;
        var name = CoordinationWorkload.Locks[client.Next(CoordinationWorkload.Locks.Length)];
        try
        {
            await foreach (var holders in _coordination.ObserveAsync(name, _ended.Token))
            {
                if (holders is [var holder])
                {
                    CoordinationBook.OnObserved(name, holder.Token, before);
                    before = holder.Token;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    // Null: no answer came, so it is unknown whether the call had an effect.
    private static async Task<Told<T>?> TryAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return new(await call());
        }
        catch (RaftUnavailableException)
        {
            return null;
        }
    }

    private Task PauseAsync(int most) => client.Delay(TimeSpan.FromMilliseconds(client.Next(most)));

    private sealed record Told<T>(T Value);
}
