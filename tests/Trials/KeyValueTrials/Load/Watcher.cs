namespace KeyValueTrials.Load;

/// <summary>Watches a key over many connections: each goes on after the last change of the one before, at another node.</summary>
internal sealed class Watcher(string key, CallBook book, Func<IReadOnlyList<NodeClient>> nodes)
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(4);

    /// <summary>Watches until the token is cancelled.</summary>
    public async Task Run(int seed, CancellationToken stop)
    {
        var (random, last) = (new Random(seed), 0L);
        while (!stop.IsCancellationRequested)
        {
            var all = nodes();
            var watch = new WatchCall(key, last, []);
            await Watch(all[random.Next(all.Count)], watch, isReconnected: last > 0, change => random.Next(200) == 0, stop);
            book.Add(watch);
            last = watch.Changes is [.., var newest] ? newest.Serial : last;
            await Task.Delay(random.Next(100), CancellationToken.None);
        }
    }

    /// <summary>All changes of the key from its first one to the given value, as one node shows them.</summary>
    public static async Task<List<Change>> All(NodeClient node, string key, string until, TimeSpan timeout)
    {
        var watch = new WatchCall(key, 0, []);
        using CancellationTokenSource guard = new(timeout);
        await Watch(node, watch, isReconnected: false, change => change.Value == until, guard.Token);
        return watch.Changes is [.., { Value: var value }] && value == until
            ? watch.Changes
            : throw new TrialFailure($"{node.Node.Name} does not show the change {until} of {key}: {watch.Changes.Count} changes");
    }

    // A connection to a frozen or cut off node breaks without a word.
    private static async Task Watch(
        NodeClient node, WatchCall watch, bool isReconnected, Func<Change, bool> isLast, CancellationToken stop)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (kind, data, id) = ("", "", 0L);
        try
        {
            silence.CancelAfter(WaitMax);
            await foreach (var line in node.Watch(watch.Key, watch.After, isReconnected, silence.Token))
            {
                silence.CancelAfter(WaitMax);
                switch (line.Split(": ", 2))
                {
                    case ["event", var text]:
                        kind = text;
                        break;
                    case ["data", var text]:
                        data = text;
                        break;
                    case ["id", var text]:
                        id = long.Parse(text, CultureInfo.InvariantCulture);
                        break;
                    case [""] when kind == "compacted":
                        return;
                    case [""] when kind.Length > 0:
                        watch.Changes.Add(new Change(id, kind == "deleted" ? null : ValueOf(data)));
                        if (isLast(watch.Changes[^1]))
                        {
                            return;
                        }

                        kind = "";
                        break;
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // The next connection goes on.
        }
    }

    private static string ValueOf(string data) =>
        Encoding.UTF8.GetString(JsonDocument.Parse(data).RootElement.GetProperty("value").GetBytesFromBase64());
}
