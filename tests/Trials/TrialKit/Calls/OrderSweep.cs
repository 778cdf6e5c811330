namespace TrialKit.Calls;

/// <summary>Compares the order of calls in real time with their order in the history of a key.</summary>
internal static class OrderSweep
{
    /// <param name="demands">The calls whose order is checked. The others only set the floor for them. Null: all.</param>
    public static IEnumerable<string> Of(
        KeyHistory history, IReadOnlyList<OrderedCall> calls, Func<OrderedCall, bool>? demands = null)
    {
        // At the same moment calls begin first: then the two are concurrent, which is the weaker claim.
        var events = calls.Select(call => (At: call.Began, IsEnd: false, Call: call))
            .Concat(calls.Select(call => (At: call.Ended, IsEnd: true, Call: call)))
            .Where(each => each.At != long.MaxValue).OrderBy(each => each.At).ThenBy(each => each.IsEnd);
        Dictionary<OrderedCall, int> places = new(ReferenceEqualityComparer.Instance);
        var (floor, setBy) = (0, (OrderedCall?)null);
        foreach (var (_, isEnd, call) in events)
        {
            if (isEnd)
            {
                (floor, setBy) = places.TryGetValue(call, out var ended) && ended > floor ? (ended, call) : (floor, setBy);
                continue;
            }

            // A change is new, so its place was not seen before it began. A read may see the place again.
            var isChecked = demands?.Invoke(call) ?? true;
            var least = !isChecked ? 0 : call.IsChange ? floor + 1 : floor;
            var place = call.Place ?? history.PlaceOf((ReadCall)call.Source, least);
            if (place is { } known)
            {
                places[call] = known;
            }

            if (isChecked && (place is null || place < least))
            {
                yield return $"'{call}' began after '{setBy?.ToString() ?? "the start"}' had ended, and comes before it in the history";
            }
        }
    }
}

/// <summary>A call with its time and its place in the history of its key.</summary>
/// <param name="Place">Null: the read decides.</param>
internal sealed record OrderedCall(object Source, long Began, long Ended, int? Place, bool IsChange)
{
    /// <param name="isChange">False: it was refused, so it is a read of the item before.</param>
    public static OrderedCall OfWrite(WriteCall call, int place, bool isChange = true) =>
        new(call, call.Began, call.End == WriteEnd.Unknown ? long.MaxValue : call.Ended, place, isChange);

    public static OrderedCall OfRead(ReadCall read) => new(read, read.Began, read.Ended, null, IsChange: false);

    public override string ToString() => $"{Source}";
}
