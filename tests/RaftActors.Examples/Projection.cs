namespace RaftActors.Examples;

/// <summary>The loop of docs/client.md: a copy of the balances of a ledger, in a program that is no member of the group.</summary>
/// <param name="pause">The time until the next attempt.</param>
public sealed class Projection(RaftClient<int, int> ledger, Action<string> log, TimeSpan pause)
{
    private Dictionary<string, int> _balances = [];

    /// <summary>The body of ExecuteAsync of a BackgroundService.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                (_balances, var serial) = await ledger.QueryWithSerialAsync<Dictionary<string, int>>(
                    "balances", cancellationToken: stopping);
                log($"has the state of serial {serial}");
                await foreach (var entry in ledger.SubscribeAsync(after: serial, stopping))
                {
                    _balances[entry.Key] = _balances.GetValueOrDefault(entry.Key) + entry.Value;
                    log($"{entry.Key} has {_balances[entry.Key]}");
                }
            }
            catch (Exception e) when (e is RaftUnavailableException or RaftCompactedException)
            {
                log($"begins again with the state: {e.Message}");
            }
            catch (InvalidDataException e)
            {
                log($"cannot read a pair; deploy a version that knows its type: {e.Message}");
            }

            await Task.Delay(pause, stopping);
        }
    }
}
