using System.Collections.Concurrent;

namespace RaftActors.Examples;

/// <summary>The projection of docs/how-to/keep-a-read-model.md: the balances of a ledger, in a program that is no member.</summary>
public sealed class Balances : RaftProjection<int, int>
{
    private volatile ConcurrentDictionary<string, int> _balances = [];
    private Serial _serial;

    public int Of(string account) => _balances.GetValueOrDefault(account);

    protected override Task<Serial> ReadSerialAsync(CancellationToken cancellationToken) => Task.FromResult(_serial);

    protected override Task HandleAsync(Entry<int> entry, CancellationToken cancellationToken)
    {
        _balances[entry.Key] = Of(entry.Key) + entry.Value;
        _serial = entry.Serial;
        return Task.CompletedTask;
    }

    protected override async Task RebuildAsync(RaftClient<int, int> ledger, CancellationToken cancellationToken)
    {
        var read = await ledger.QueryAsync<Dictionary<string, int>>("balances", cancellationToken: cancellationToken);
        (_balances, _serial) = (new ConcurrentDictionary<string, int>(read.Result), read.Serial);
    }
}
