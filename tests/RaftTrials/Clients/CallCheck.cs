using RaftActors;
using RaftActors.Testing.History;

namespace RaftTrials.Clients;

/// <summary>
/// The check after all faults have ended. All processes have the same log. A pair that is Done is in it once, at its serial, after every
/// pair that was reported before the call. NotCommitted is absent, Unknown is there at most once. Reads, Gets and subscriptions show the
/// log. Appends and linearizable reads form a linearizable history. Pure.
/// </summary>
internal sealed class CallCheck
{
    /// <summary>The most findings that are reported of each kind.</summary>
    private const int MaxOfAKind = 3;

    private readonly CallBook _book;
    private readonly IReadOnlyList<LoggedPair> _log;
    private readonly Dictionary<string, List<long>> _serialsById = [];
    private readonly Dictionary<string, List<LoggedPair>> _pairsByKey = [];

    private CallCheck(CallBook book, IReadOnlyList<LoggedPair> log)
    {
        (_book, _log) = (book, log);
        foreach (var pair in log)
        {
            (_serialsById.TryGetValue(pair.Id, out var serials) ? serials : _serialsById[pair.Id] = []).Add(pair.Serial);
            (_pairsByKey.TryGetValue(pair.Key, out var pairs) ? pairs : _pairsByKey[pair.Key] = []).Add(pair);
        }
    }

    /// <summary>The contradictions, as sentences; empty: all is well.</summary>
    /// <param name="logs">The log of each process, from serial 1 to the same last serial.</param>
    public static IReadOnlyList<string> Of(CallBook book, IReadOnlyList<IReadOnlyList<LoggedPair>> logs)
    {
        var check = new CallCheck(book, logs[0]);
        IEnumerable<IEnumerable<string>> findings =
        [
            Differences(logs),
            check.Holes(),
            check.WrongAppends(),
            check.Doubled(),
            check.Strangers(),
            check.WrongReads(),
            check.WrongGets(),
            check.WrongStreams(),
            check.History(),
        ];
        return [.. findings.SelectMany(kind => kind.Take(MaxOfAKind))];
    }

    private static IEnumerable<string> Differences(IReadOnlyList<IReadOnlyList<LoggedPair>> logs) => logs.Index()
        .Where(log => !log.Item.SequenceEqual(logs[0]))
        .Select(log => $"process {log.Index + 1} has another log than 1");

    private IEnumerable<string> Holes() =>
        _log.Index().Where(pair => pair.Item.Serial != pair.Index + 1).Select(pair => $"'{pair.Item}' is at place {pair.Index + 1}");

    private IEnumerable<string> WrongAppends() =>
        _book.Appends.Concat(_book.Repeats).Select(append => append.Outcome switch
        {
            Outcome<long>.Done done => WrongDone(append, done),
            Outcome<long>.NotCommitted when _serialsById.TryGetValue(append.Id, out var serials) =>
                $"'{append.Id}' was not committed, and is at {serials[0]}",
            _ => null,
        }).OfType<string>();

    private string? WrongDone(AppendCall append, Outcome<long>.Done done)
    {
        var pair = new LoggedPair(done.Serial.Value, append.Key, append.Id);
        if (At(pair.Serial) is var found && found != pair)
        {
            return $"'{pair}' was committed, and the log has '{found?.ToString() ?? "nothing"}' there";
        }

        if (pair.Serial <= append.Floor)
        {
            return $"'{pair}' was committed below {append.Floor}, which had been reported before the call";
        }

        var count = StateAt(append.Key, pair.Serial).Count;
        return !done.TryGetResult(out var result) ? $"'{pair}' has no result, and should have {count}"
            : result != count ? $"'{pair}' has the result {result}, not {count}"
            : null;
    }

    private IEnumerable<string> Doubled() =>
        _serialsById.Where(id => id.Value.Count > 1).Select(id => $"'{id.Key}' was appended as {string.Join(" and ", id.Value)}");

    private IEnumerable<string> Strangers()
    {
        var known = _book.Appends.Select(append => append.Id).ToHashSet();
        return _serialsById.Keys.Where(id => !known.Contains(id)).Select(id => $"'{id}' is in the log, and no client sent it");
    }

    private IEnumerable<string> WrongReads()
    {
        foreach (var (key, atLeast, answer) in _book.Reads)
        {
            var expected = StateAt(key, answer.Serial);
            if (answer.Serial < atLeast || answer.State != expected)
            {
                yield return $"{key} was read as '{answer}', not below {atLeast}; at {answer.Serial} it was {expected}";
            }
        }
    }

    private IEnumerable<string> WrongGets() =>
        _book.Gets.Where(get => get.Found is null ? get.Serial <= get.Floor : get.Found != At(get.Serial))
            .Select(get => $"Get {get.Serial} found '{get.Found?.ToString() ?? "nothing"}', and the log has '{At(get.Serial)}'");

    private IEnumerable<string> WrongStreams()
    {
        foreach (var stream in _book.Streams)
        {
            foreach (var (place, pair) in stream.Pairs.Index())
            {
                var expected = At(stream.After + place + 1);
                if (pair != expected)
                {
                    yield return $"the subscription after {stream.After} has '{pair}' at its place {place + 1}, and the log '{expected}'";
                    break;
                }
            }
        }
    }

    private IEnumerable<string> History() =>
        Linearizability.Check(Completed(), new KeyModel()) is var verdict and not HistoryVerdict<KeyCall, KeyState>.Linearizable
            ? [verdict.ToString()]
            : [];

    /// <summary>
    /// The history with what the log tells about unknown appends: each took effect before the end, with the count of its place, or never.
    /// Without this, the search has too many orders to try after a long time without a leader.
    /// </summary>
    private OperationHistory<KeyCall, KeyState> Completed()
    {
        var history = new OperationHistory<KeyCall, KeyState>();
        var operations = _book.History.Operations;
        var ended = operations.Where(each => each.Outcome != OperationOutcome.Unknown && each.Ended is not null);
        var events = operations.Select(each => (Place: each.Invoked, Operation: each, IsEnd: false))
            .Concat(ended.Select(each => (Place: each.Ended!.Value, Operation: each, IsEnd: true)))
            .Concat(operations.Where(each => each.Outcome == OperationOutcome.Unknown)
                .Select(each => (Place: int.MaxValue, Operation: each, IsEnd: true)));
        Dictionary<Operation<KeyCall, KeyState>, Operation<KeyCall, KeyState>> copies = [];
        foreach (var (_, operation, isEnd) in events.OrderBy(each => each.Place))
        {
            if (!isEnd)
            {
                copies[operation] = history.Invoke(operation.Client, operation.Input);
            }
            else if (OutputOf(operation) is { } output)
            {
                history.Ok(copies[operation], output);
            }
            else
            {
                history.Fail(copies[operation]);
            }
        }

        return history;
    }

    // Null: it had no effect.
    private KeyState? OutputOf(Operation<KeyCall, KeyState> operation)
    {
        var isTold = operation.Outcome == OperationOutcome.Ok && operation.Output.Value.Count != KeyModel.NoResult;
        return isTold ? operation.Output.Value
            : operation.Input.Id is { } id && _serialsById.TryGetValue(id, out var serials) ? StateAt(operation.Input.Key, serials[0])
            : operation.Outcome == OperationOutcome.Ok ? operation.Output.Value
            : null;
    }

    private LoggedPair? At(long serial) => serial >= 1 && serial <= _log.Count ? _log[(int)serial - 1] : null;

    private KeyState StateAt(string key, long serial)
    {
        if (!_pairsByKey.TryGetValue(key, out var pairs))
        {
            return KeyState.Initial;
        }

        var (low, high) = (0, pairs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = pairs[middle].Serial <= serial ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? KeyState.Initial : new KeyState(low, pairs[low - 1].Id);
    }
}
