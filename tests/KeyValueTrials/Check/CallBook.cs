using System.Diagnostics;

namespace KeyValueTrials.Check;

/// <summary>All calls of the clients. Thread-safe until the clients have ended; then the lists may be read.</summary>
internal sealed class CallBook
{
    private readonly Lock _lock = new();
    private readonly List<WriteCall> _writes = [];
    private readonly List<ReadCall> _reads = [];
    private readonly List<WatchCall> _watches = [];
    private readonly Dictionary<string, List<long>> _applied = [];
    private int _next;

    public IReadOnlyList<WriteCall> Writes => _writes;

    public IReadOnlyList<ReadCall> Reads => _reads;

    public IReadOnlyList<WatchCall> Watches => _watches;

    /// <summary>The group of each key.</summary>
    public Dictionary<string, string> Groups { get; } = [];

    /// <summary>Attempts after the first one of a write.</summary>
    public int Repeated { get; set; }

    /// <summary>Reads without an answer.</summary>
    public int Unanswered { get; set; }

    /// <summary>Records the start of a write, and gives a PUT a unique value.</summary>
    public WriteCall Begin(int client, string key, bool isDelete, long? condition)
    {
        lock (_lock)
        {
            var call = new WriteCall(client, key, isDelete ? null : $"v{++_next}", condition, Stopwatch.GetTimestamp());
            _writes.Add(call);
            return call;
        }
    }

    /// <summary>Adds a write that has ended.</summary>
    public void Add(WriteCall call)
    {
        lock (_lock)
        {
            _writes.Add(call);
        }
    }

    public void End(WriteCall call, WriteEnd end, long serial, bool? wasAbsent)
    {
        lock (_lock)
        {
            if (call.End is WriteEnd.Applied or WriteEnd.Refused)
            {
                call.Repeats.Add((end, serial));
                return;
            }

            (call.End, call.Serial, call.WasAbsent) = (end, serial, wasAbsent);
            call.Ended = end == WriteEnd.Unknown ? long.MaxValue : Stopwatch.GetTimestamp();
            if (end == WriteEnd.Applied)
            {
                (_applied.TryGetValue(call.Key, out var times) ? times : _applied[call.Key] = []).Add(call.Ended);
            }
        }
    }

    public void CountRepeat()
    {
        lock (_lock)
        {
            Repeated++;
        }
    }

    /// <summary>Records a read. Null: it had no answer.</summary>
    public void Add(ReadCall? call)
    {
        lock (_lock)
        {
            if (call is null)
            {
                Unanswered++;
            }
            else
            {
                _reads.Add(call);
            }
        }
    }

    public void Add(WatchCall call)
    {
        lock (_lock)
        {
            _watches.Add(call);
        }
    }

    /// <summary>The number of applied writes after this time of that of these keys which has the fewest.</summary>
    public int LeastAppliedSince(long time, IReadOnlyList<string> keys)
    {
        lock (_lock)
        {
            return keys.Min(key => _applied.TryGetValue(key, out var times) ? times.Count - FirstAfter(times, time) : 0);
        }
    }

    /// <summary>The longest time without an applied write, of all keys: from the last write before this time to the latest one.</summary>
    public TimeSpan LongestWithout(long from)
    {
        lock (_lock)
        {
            return _applied.Values.Where(times => times.Count > 1).Max(times =>
            {
                var first = Math.Max(0, FirstAfter(times, from) - 1);
                return times.Skip(first).Zip(times.Skip(first + 1)).Max(pair => Stopwatch.GetElapsedTime(pair.First, pair.Second));
            });
        }
    }

    /// <summary>The numbers of calls, for the line of a trial.</summary>
    public override string ToString()
    {
        var ends = _writes.CountBy(call => call.End).ToDictionary();
        var levels = _reads.CountBy(call => call.Level).ToDictionary();
        return $"{_writes.Count} writes: {ends.GetValueOrDefault(WriteEnd.Applied)} applied, "
            + $"{ends.GetValueOrDefault(WriteEnd.Refused)} refused, {ends.GetValueOrDefault(WriteEnd.NotMade)} not made, "
            + $"{ends.GetValueOrDefault(WriteEnd.Unknown)} unknown, {Repeated} repeats; {_reads.Count} reads: "
            + string.Join(", ", Enum.GetValues<Level>().Select(level => $"{levels.GetValueOrDefault(level)} {level}".ToLowerInvariant()))
            + $", {Unanswered} unanswered; {_watches.Sum(watch => watch.Changes.Count)} changes in {_watches.Count} watches";
    }

    private static int FirstAfter(List<long> times, long time)
    {
        var place = times.BinarySearch(time);
        return place < 0 ? ~place : place + 1;
    }
}
