namespace KeyValueTrials.Check;

/// <summary>
/// The check after all faults have ended: what clients were told against the history of each key. The service itself claims this history,
/// so it is checked as well: all nodes have the same one, its changes are those that clients sent, and its order is that of real time.
/// Pure.
/// </summary>
internal static class CallCheck
{
    /// <summary>The most findings that are reported of each kind.</summary>
    private const int MaxOfAKind = 3;

    /// <summary>The contradictions, as sentences; empty: all is well.</summary>
    /// <param name="histories">By node: the changes of each key from its first one to the same last one.</param>
    /// <param name="last">By node: the item of each key at the end, as a local read has it.</param>
    public static IReadOnlyList<string> Of(
        CallBook book,
        IReadOnlyDictionary<string, Dictionary<string, List<Change>>> histories,
        IReadOnlyDictionary<string, Dictionary<string, Change>> last)
    {
        var truth = histories.Values.First();
        List<string> findings = [.. Differences(histories, truth).Take(MaxOfAKind), .. WrongLast(last, truth).Take(MaxOfAKind)];
        var writes = book.Writes.ToLookup(call => call.Key);
        var reads = book.Reads.ToLookup(call => call.Key);
        var watches = book.Watches.ToLookup(call => call.Key);
        IEnumerable<string>[] ofAllKeys = new IEnumerable<string>[OfKey(new([]), [], [], []).Count];
        Array.Fill(ofAllKeys, []);
        foreach (var (key, changes) in truth)
        {
            var ofKey = OfKey(new KeyHistory(changes), [.. writes[key]], [.. reads[key]], [.. watches[key]]);
            for (var kind = 0; kind < ofKey.Count; kind++)
            {
                ofAllKeys[kind] = ofAllKeys[kind].Concat(ofKey[kind]);
            }
        }

        findings.AddRange(ofAllKeys.SelectMany(kind => kind.Take(MaxOfAKind)));
        return findings;
    }

    private static IReadOnlyList<IEnumerable<string>> OfKey(
        KeyHistory history, IReadOnlyList<WriteCall> writes, IReadOnlyList<ReadCall> reads, IReadOnlyList<WatchCall> watches)
    {
        var ofWrites = new WriteCheck(history, writes);
        var ofReads = new ReadCheck(history, ofWrites, reads);
        return
        [
            ofWrites.Unordered(), ofWrites.Strangers(), ofWrites.Doubled(), ofWrites.Lost(), ofWrites.WrongRepeats(),
            ofWrites.WrongConditions(), ofWrites.WrongAnswers(), ofReads.Wrong(), ofReads.FromTheFuture(), ofReads.OutOfOrder(),
            ofReads.StaleSessions(), ofReads.StaleLives(), WrongWatches(history, watches),
        ];
    }

    private static IEnumerable<string> Differences(
        IReadOnlyDictionary<string, Dictionary<string, List<Change>>> histories, Dictionary<string, List<Change>> truth) =>
        from node in histories
        from key in truth
        where !node.Value[key.Key].SequenceEqual(key.Value)
        select $"{node.Key} has another history of {key.Key} than {histories.Keys.First()}: {First(node.Value[key.Key], key.Value)}";

    private static string First(List<Change> one, List<Change> other)
    {
        var place = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"'{one.ElementAtOrDefault(place)}' and '{other.ElementAtOrDefault(place)}' at place {place + 1}";
    }

    private static IEnumerable<string> WrongLast(
        IReadOnlyDictionary<string, Dictionary<string, Change>> last, Dictionary<string, List<Change>> truth) =>
        from node in last
        from key in truth
        where node.Value[key.Key] != key.Value[^1]
        select $"{node.Key} has '{node.Value[key.Key]}' as {key.Key} at the end, and the last change is '{key.Value[^1]}'";

    private static IEnumerable<string> WrongWatches(KeyHistory history, IReadOnlyList<WatchCall> watches)
    {
        foreach (var watch in watches)
        {
            var from = history.PlaceUpTo(watch.After);
            var wrong = watch.Changes.Index().FirstOrDefault(
                change => change.Item != history.Changes.ElementAtOrDefault(from + change.Index), (-1, null!));
            if (wrong.Index >= 0)
            {
                yield return $"the watch of {watch.Key} after {watch.After} has '{wrong.Item}' at place {wrong.Index + 1}, and the history "
                    + $"'{history.Changes.ElementAtOrDefault(from + wrong.Index)}'";
            }
        }
    }
}
