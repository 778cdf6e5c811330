using System.Collections.Concurrent;

namespace RaftTrials.Load;

/// <summary>Callers that book amounts with three decimals, over a client without an actor system.</summary>
internal sealed class PurseLoad(RaftClient<decimal, decimal> purse) : IAsyncDisposable
{
    private const string LogKey = "log";
    private const int Callers = 24;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, decimal> _results = [];
    private readonly CallBook _book = new();
    private Task _calls = Task.CompletedTask;

    public string Counts => _book.Counts;

    /// <summary>The highest serial that a caller was told.</summary>
    public long Floor => _book.Floor;

    public void Start() =>
        _calls = Task.WhenAll(Enumerable.Range(1, Callers).Select(number => Task.Run(() => Call(number))));

    /// <summary>Waits until a caller was told of this serial.</summary>
    public Task Until(long serial) => Poll.Until(() => Floor >= serial, () => $"serial {serial} is not committed");

    /// <summary>Ends the calls, each with its outcome.</summary>
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _calls;
    }

    /// <summary>
    /// Compares what the callers were told with the log of the group: the calls by <see cref="CallCheck"/>, and each balance with the rule
    /// of its pair. The changed rule begins between two pairs, or before the first one, or never.
    /// </summary>
    /// <param name="last">The last serial of the log.</param>
    /// <returns>The balance at the last serial, and the first serial of the changed rule.</returns>
    public async Task<(decimal Balance, long FirstChanged)> Explain(long last)
    {
        List<Entry<decimal>> log = [];
        await foreach (var entry in purse.SubscribeAsync(Serial.Zero))
        {
            log.Add(entry);
            if (entry.Serial.Value == last)
            {
                break;
            }
        }

        CallCheck.Demand(
            _book, [new("the group", new() { [LogKey] = [.. log.Select(entry => new Change(entry.Serial.Value, entry.Key))] })]);

        // A pair whose outcome is unknown has no balance to compare, so the changed rule may begin at such a pair before the first one.
        var former = Balances(log, log.Count);
        var first = log.FindIndex(entry => IsOther(entry, former));
        for (var place = first < 0 ? log.Count : first; ; place--)
        {
            var balances = Balances(log, place);
            if (log.Find(entry => IsOther(entry, balances)) is not { } wrong)
            {
                return (balances[^1], place + 1);
            }

            TrialFailure.Unless(
                place > 0 && !_results.ContainsKey(place),
                $"the balance after pair {wrong.Serial} was told as {_results[wrong.Serial.Value]}, and no rule gives it");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _stop.Dispose();
    }

    private static List<decimal> Balances(List<Entry<decimal>> log, int firstChanged)
    {
        var balance = 0m;
        return
        [
            .. log.Select((entry, place) => balance = place < firstChanged
                ? balance + entry.Value
                : (place == firstChanged ? decimal.Round(balance, 2) : balance) + decimal.Round(entry.Value, 2)),
        ];
    }

    private bool IsOther(Entry<decimal> entry, List<decimal> balances) =>
        _results.TryGetValue(entry.Serial.Value, out var told) && told != balances[(int)entry.Serial.Value - 1];

    private async Task Call(int number)
    {
        var random = new Random(number);
        while (!_stop.IsCancellationRequested)
        {
            var call = _book.Begin($"caller{number}", LogKey);
            switch (await purse.AppendAsync(call.Value!, random.Next(-99_999, 100_000) / 1000m))
            {
                case { Failure: null } done:
                    _results[done.Serial.Value] = done.ResultOr(decimal.MinValue);
                    _book.End(call, WriteEnd.Committed, done.Serial.Value);
                    break;
                case { Failure.Kind: FailureKind.NotDone }:
                    _book.End(call, WriteEnd.NotCommitted, 0);
                    break;
                default:
                    _book.End(call, WriteEnd.Unknown, 0);
                    break;
            }
        }
    }
}
