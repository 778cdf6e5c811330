namespace RaftTrials.Check;

/// <summary>
/// The check after all faults have ended. All servers have the same log. A committed message is in it once, at its serial, and after every
/// message that was answered before it was sent. A message that was not committed is absent. A message with an unknown outcome is in it at
/// most once. There is no other message. Pure: compares the answers to clients with the logs of the servers.
/// </summary>
internal static class EndCheck
{
    /// <summary>The most findings that are reported of each kind.</summary>
    private const int MaxOfAKind = 3;

    /// <summary>The contradictions, as sentences; empty: all is well.</summary>
    public static IReadOnlyList<string> Of(
        IReadOnlyCollection<Attempt> attempts,
        IReadOnlyList<ServerLog> logs,
        IReadOnlyList<StoredLog> stores)
    {
        var committed = attempts.Where(attempt => attempt.Outcome == Outcome.Committed).OrderBy(attempt => attempt.Serial).ToList();
        IEnumerable<IEnumerable<string>> findings =
        [
            Differences(logs),
            logs.Take(1).SelectMany(log => WrongNumbers(attempts, log)),
            logs.Take(1).SelectMany(log => WrongPlaces(committed, log)),
            TwoOfASerial(committed),
            OutOfOrder(committed),
            stores.SelectMany(store => WrongPairs(committed, store)),
            DifferentPairs(stores),
        ];
        return [.. findings.SelectMany(kind => kind.Take(MaxOfAKind))];
    }

    private static IEnumerable<string> Differences(IReadOnlyList<ServerLog> logs)
    {
        foreach (var log in logs.Skip(1).Where(log => !log.Texts.SequenceEqual(logs[0].Texts)))
        {
            var at = log.Texts.Zip(logs[0].Texts).TakeWhile(pair => pair.First == pair.Second).Count();
            yield return $"{log.Server} has another log than {logs[0].Server}: '{At(log, at)}' and not '{At(logs[0], at)}' at {at + 1}";
        }
    }

    private static string At(ServerLog log, int place) => place < log.Texts.Count ? log.Texts[place] : "nothing";

    // By text and not by request id: 'print' may be appended several times.
    private static IEnumerable<string> WrongNumbers(IReadOnlyCollection<Attempt> attempts, ServerLog log)
    {
        var numbers = log.Texts.CountBy(text => text).ToDictionary();
        var known = attempts.ToLookup(attempt => attempt.Text);
        foreach (var asked in known)
        {
            var number = numbers.GetValueOrDefault(asked.Key);
            var atLeast = asked.Count(attempt => attempt.Outcome == Outcome.Committed);
            var atMost = atLeast + asked.Count(attempt => attempt.Outcome == Outcome.Unknown);
            if (number < atLeast || number > atMost)
            {
                yield return $"'{asked.Key}' is in the log {number} times, answered {string.Join(", ", asked.Select(Answer))}";
            }
        }

        foreach (var text in numbers.Keys.Where(text => !known.Contains(text)))
        {
            yield return $"'{text}' is in the log, and no client sent it";
        }
    }

    private static string Answer(Attempt attempt) =>
        attempt.Outcome == Outcome.Committed ? $"Committed {attempt.Serial}" : $"{attempt.Outcome}";

    // A pair that was committed twice under one request id has two serials and one place. So a serial may be above its place.
    private static IEnumerable<string> WrongPlaces(List<Attempt> committed, ServerLog log)
    {
        var places = log.Texts.Index().GroupBy(text => text.Item).Where(text => text.Count() == 1)
            .ToDictionary(text => text.Key, text => text.First().Index + 1);
        var before = (Place: 0, Text: "");
        foreach (var attempt in committed)
        {
            if (!places.TryGetValue(attempt.Text, out var place))
            {
                continue;
            }

            if (place > attempt.Serial)
            {
                yield return $"'{attempt.Text}' was committed as {attempt.Serial}, and is at place {place}";
            }

            if (place <= before.Place)
            {
                yield return $"'{attempt.Text}' has a higher serial than '{before.Text}', and is before it in the log";
            }

            before = (place, attempt.Text);
        }
    }

    private static IEnumerable<string> TwoOfASerial(List<Attempt> committed) =>
        committed.Zip(committed.Skip(1)).Where(pair => pair.First.Serial == pair.Second.Serial)
            .Select(pair => $"'{pair.First.Text}' and '{pair.Second.Text}' were both committed as {pair.First.Serial}");

    // A message that was answered before another was sent comes before it, for any writers. So messages of one writer keep their order.
    private static IEnumerable<string> OutOfOrder(List<Attempt> committed)
    {
        var latest = (Started: long.MinValue, Text: "");
        foreach (var attempt in committed)
        {
            if (attempt.Ended < latest.Started)
            {
                yield return $"'{attempt.Text}' had been answered when '{latest.Text}' was sent, and has a higher serial";
            }

            if (attempt.Started > latest.Started)
            {
                latest = (attempt.Started, attempt.Text);
            }
        }
    }

    private static IEnumerable<string> WrongPairs(List<Attempt> committed, StoredLog store)
    {
        if (store.Pairs.Count == 0)
        {
            yield break;
        }

        var (first, last) = (store.Pairs.Min(pair => pair.Serial), store.Pairs.Max(pair => pair.Serial));
        var serials = store.Pairs.GroupBy(pair => pair.RequestId).ToDictionary(pair => pair.Key, pair => pair.Min(one => one.Serial));
        foreach (var attempt in committed)
        {
            var serial = serials.GetValueOrDefault(attempt.RequestId);
            if (serial != attempt.Serial && attempt.Serial >= first) // A snapshot covers earlier pairs.
            {
                var found = serial == 0 ? "is not in" : $"stands at {serial} in";
                yield return $"'{attempt.Text}' was committed as {attempt.Serial}, and {found} the files of {store.Server}, {first} to "
                    + $"{last}";
            }
        }
    }

    private static IEnumerable<string> DifferentPairs(IReadOnlyList<StoredLog> stores)
    {
        Dictionary<long, (string RequestId, string Server)> known = [];
        foreach (var store in stores)
        {
            foreach (var pair in store.Pairs)
            {
                if (!known.TryAdd(pair.Serial, (pair.RequestId, store.Server)) && known[pair.Serial] is var other
                    && other.RequestId != pair.RequestId)
                {
                    yield return $"{store.Server} has '{pair.RequestId}' at {pair.Serial} in its files, and {other.Server} "
                        + $"'{other.RequestId}'";
                }
            }
        }
    }
}
