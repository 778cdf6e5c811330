namespace TrialKit.Calls;

/// <summary>The reads of one key, and the order of all calls in real time, against its history.</summary>
internal sealed class ReadCheck(KeyHistory history, WriteCheck writes, IReadOnlyList<ReadCall> reads)
{
    /// <summary>Reads of an item that never was, or that is not the one of the state that answered.</summary>
    public IEnumerable<string> Wrong()
    {
        foreach (var read in reads)
        {
            if (read.Value is not null && history.PlaceOf(read.Serial, read.Value) is null)
            {
                yield return $"'{read}' found an item that is not in the history";
            }
            else if (read.At is { } at && history.PlaceUpTo(at) is var place
                && (history.ValueAt(place) != read.Value || (read.Value is not null && history.SerialAt(place) != read.Serial)))
            {
                yield return $"'{read}': that state has '{history.SerialAt(place)} {history.ValueAt(place)}'";
            }
            else if (read.Place is { } said && read.At is { } state && history.PlaceUpTo(state) is var count && count != said)
            {
                yield return $"'{read}' said that there are {said} changes, and that state has {count}";
            }
        }
    }

    public IEnumerable<string> FromTheFuture() =>
        from read in reads
        where history.PlaceOf(read, 0) is { } place && place > 0
            && writes.MakerOf(history.Changes[place - 1]) is { } maker && maker.Began > read.Ended
        select $"'{read}' ended before its item was sent";

    /// <summary>
    /// Linearizability of writes and of linearizable and lease reads. The order of changes is known, so no search is needed: a call that
    /// began after another one had ended must not come before it in the history. Intervals of time have no longer cycles.
    /// </summary>
    public IEnumerable<string> OutOfOrder() => OrderSweep.Of(
        history,
        [
            .. writes.Made().Select(made => OrderedCall.OfWrite(made.Call, made.Place)),
            .. writes.Refused().Select(refused => OrderedCall.OfWrite(refused.Call, refused.Place, isChange: false)),
            .. reads.Where(read => read.Level is Level.Linearizable or Level.Lease).Select(OrderedCall.OfRead),
        ]);

    /// <summary>Session reads without a write or read that the session had before.</summary>
    public IEnumerable<string> StaleSessions()
    {
        foreach (var read in reads.Where(read => read.Level == Level.Session))
        {
            if (history.PlaceOf(read, history.PlaceUpTo(read.SeenBefore)) is null)
            {
                yield return $"'{read}' is older than its session";
            }
        }

        foreach (var client in reads.Select(read => read.Client).Distinct())
        {
            var ofClient = reads.Where(read => read.Client == client).Select(OrderedCall.OfRead)
                .Concat(writes.Made().Where(made => made.Call.Client == client).Select(made => OrderedCall.OfWrite(made.Call, made.Place)));
            foreach (var finding in OrderSweep.Of(history, [.. ofClient], call => call.Source is ReadCall { Level: Level.Session }))
            {
                yield return $"in one session, {finding}";
            }
        }
    }

    /// <summary>Local reads of a process that go back. Another node may answer a session read, if this one lags.</summary>
    public IEnumerable<string> StaleLives() => reads.Where(read => read.Level == Level.Local)
        .GroupBy(read => read.Life)
        .SelectMany(life => OrderSweep.Of(history, [.. life.Select(OrderedCall.OfRead)]))
        .Select(finding => $"in one process, {finding}");
}
