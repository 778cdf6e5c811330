namespace TrialKit.Calls;

/// <summary>
/// The check after all faults have ended: what clients were told against the history of each key. The nodes themselves claim this history,
/// so it is checked as well: all nodes and their files have the same one, its changes are those that clients sent, and its order is that of
/// real time. Pure.
/// </summary>
public static class CallCheck
{
    /// <summary>The most findings that are reported of each kind.</summary>
    private const int MaxOfAKind = 3;

    /// <summary>Compares all calls with what the nodes have.</summary>
    /// <exception cref="TrialFailure">They contradict each other. The message has the contradictions.</exception>
    public static void Demand(CallBook book, IReadOnlyList<Copy> copies)
    {
        var findings = Of(book, copies);
        TrialFailure.Unless(findings.Count == 0, string.Join("\n        ", findings));
    }

    /// <summary>The contradictions, as sentences; empty: all is well.</summary>
    public static IReadOnlyList<string> Of(CallBook book, IReadOnlyList<Copy> copies)
    {
        var truth = copies[0].Histories;
        var (writes, reads, watches) = (
            book.Writes.ToLookup(call => call.Key), book.Reads.ToLookup(call => call.Key), book.Watches.ToLookup(call => call.Key));
        var ofKeys = truth.Select(key => OfKey(new KeyHistory(key.Value), [.. writes[key.Key]], [.. reads[key.Key]], watches[key.Key]))
            .ToList();
        IEnumerable<IEnumerable<string>> kinds =
        [
            copies.SelectMany(copy => Differences(copy, copies[0])),
            copies.SelectMany(copy => WrongLast(copy, truth)),
            copies.SelectMany(copy => copy.Files.SelectMany(files => WrongFiles(copy.Name, files.Value, truth[files.Key]))),
            .. Enumerable.Range(0, ofKeys.Max(kinds => kinds.Length)).Select(kind => ofKeys.SelectMany(ofKey => ofKey[kind])),
        ];
        return [.. kinds.SelectMany(kind => kind.Take(MaxOfAKind))];
    }

    private static IEnumerable<string>[] OfKey(
        KeyHistory history, IReadOnlyList<WriteCall> writes, IReadOnlyList<ReadCall> reads, IEnumerable<WatchCall> watches)
    {
        var ofWrites = new WriteCheck(history, writes);
        var ofReads = new ReadCheck(history, ofWrites, reads);
        return
        [
            ofWrites.Unordered(), ofWrites.Unsent(), ofWrites.Doubled(), ofWrites.Lost(), ofWrites.WrongRepeats(),
            ofWrites.WrongConditions(), ofWrites.WrongAnswers(), ofWrites.WrongPlaces(), ofReads.Wrong(), ofReads.FromTheFuture(),
            ofReads.OutOfOrder(), ofReads.StaleSessions(), ofReads.StaleLives(), watches.SelectMany(watch => WrongWatch(history, watch)),
        ];
    }

    private static IEnumerable<string> Differences(Copy copy, Copy first) =>
        from key in first.Histories
        let changes = copy.Histories[key.Key]
        where !changes.SequenceEqual(key.Value)
        let place = changes.Zip(key.Value).TakeWhile(pair => pair.First == pair.Second).Count()
        select $"{copy.Name} has another history of {key.Key} than {first.Name}: '{changes.ElementAtOrDefault(place)}' and "
            + $"'{key.Value.ElementAtOrDefault(place)}' at place {place + 1}";

    private static IEnumerable<string> WrongLast(Copy copy, Dictionary<string, List<Change>> truth) =>
        from last in copy.Last
        where last.Value != truth[last.Key][^1]
        select $"{copy.Name} has '{last.Value}' as {last.Key} at the end, and the last change is '{truth[last.Key][^1]}'";

    // A repeat of a write may be in the files, too. Only the first pair of a write is a change.
    private static IEnumerable<string> WrongFiles(string name, List<Change> files, List<Change> truth)
    {
        if (files.Count == 0)
        {
            return [];
        }

        HashSet<Change> stored = [.. files];
        var known = truth.DistinctBy(change => change.Value).ToDictionary(change => change.Value ?? "", change => change.Serial);
        return truth.Where(change => change.Serial >= files[0].Serial && !stored.Contains(change))
            .Select(change => $"'{change}' is in the history, and not in the files of {name}")
            .Concat(files.Where(pair => pair.Serial <= truth[^1].Serial)
                .Where(pair => !known.TryGetValue(pair.Value ?? "", out var serial) || serial > pair.Serial)
                .Select(pair => $"'{pair}' is in the files of {name}, and not in the history"));
    }

    private static IEnumerable<string> WrongWatch(KeyHistory history, WatchCall watch)
    {
        var from = history.PlaceUpTo(watch.After);
        var wrong = watch.Changes.Index().FirstOrDefault(
            change => change.Item != history.Changes.ElementAtOrDefault(from + change.Index), (-1, null!));
        if (wrong.Index >= 0)
        {
            yield return $"the watch of {watch.Key} after {watch.After} has '{wrong.Item}' at place {wrong.Index + 1}, and the history "
                + $"'{history.Changes.ElementAtOrDefault(from + wrong.Index)}'";
        }
        else if (watch.Changes.Count == 0 && watch.After < watch.Reported)
        {
            yield return $"the watch of {watch.Key} after {watch.After} has nothing, and {watch.Reported} had been reported before";
        }
    }
}
