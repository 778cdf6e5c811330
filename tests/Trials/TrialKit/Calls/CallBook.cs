namespace TrialKit.Calls;

/// <summary>All calls of the clients. Thread-safe, but reads and watches may be read only after the clients have ended.</summary>
public sealed class CallBook
{
    private readonly Lock _lock = new();
    private readonly List<WriteCall> _writes = [];
    private readonly List<ReadCall> _reads = [];
    private readonly List<WatchCall> _watches = [];
    private readonly List<(long ToldAfter, long BegunBefore)> _doubts = [];
    private long _floor;
    private int _next;
    private int _repeated;
    private int _unanswered;

    public IReadOnlyList<WriteCall> Writes => EndedSince(long.MinValue);

    public IReadOnlyList<ReadCall> Reads => _reads;

    public IReadOnlyList<WatchCall> Watches => _watches;

    /// <summary>The highest committed serial that a call has reported.</summary>
    public long Floor
    {
        get
        {
            lock (_lock)
            {
                return _floor;
            }
        }
    }

    /// <summary>The writes of which the clients were told something, for the line of a trial.</summary>
    public string Counts
    {
        get
        {
            var ends = Writes.CountBy(call => call.End).ToDictionary();
            return $"{Of(WriteEnd.Committed)} committed, {Of(WriteEnd.NotCommitted)} not, {Of(WriteEnd.Unknown)} unknown";

            int Of(WriteEnd end) => ends.GetValueOrDefault(end);
        }
    }

    /// <summary>Records the start of a write, and gives it a unique value.</summary>
    /// <param name="prefix">Begins the value. Null: the write deletes the item.</param>
    public WriteCall Begin(string client, string key, long? condition = null, string? prefix = "v")
    {
        lock (_lock)
        {
            return new WriteCall(client, key, prefix is null ? null : $"{prefix}{++_next}", condition, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Adds a write that has ended.</summary>
    public void Add(WriteCall call)
    {
        lock (_lock)
        {
            _writes.Add(call);
            Judge(call);
        }
    }

    /// <summary>
    /// A commit that was told after one moment, of a write that began before another one, proves nothing: a disk may have lied between
    /// them. The write counts as unknown, also if its end is added later.
    /// </summary>
    public void Doubt(long toldAfter, long begunBefore)
    {
        lock (_lock)
        {
            _doubts.Add((toldAfter, begunBefore));
            _writes.ForEach(Judge);
        }
    }

    /// <summary>Records the end of a write, or of a repeat of one that is committed or refused.</summary>
    public void End(WriteCall call, WriteEnd end, long serial, bool? wasAbsent = null, long? place = null)
    {
        lock (_lock)
        {
            _floor = end == WriteEnd.Committed ? Math.Max(_floor, serial) : _floor;
            if (call.End is WriteEnd.Committed or WriteEnd.Refused)
            {
                call.Repeats.Add((end, serial, place));
                return;
            }

            (call.End, call.Serial, call.WasAbsent, call.Place) = (end, serial, wasAbsent, place);
            call.Ended = Stopwatch.GetTimestamp();
            _writes.Add(call);
        }
    }

    /// <summary>Counts an attempt after the first one of a write.</summary>
    public void CountRepeat() => Interlocked.Increment(ref _repeated);

    /// <summary>Counts a call that read nothing because no node answered in time.</summary>
    public void CountUnanswered() => Interlocked.Increment(ref _unanswered);

    public void Add(ReadCall call)
    {
        lock (_lock)
        {
            _reads.Add(call);
            _floor = call.Level is Level.Linearizable or Level.Lease ? Math.Max(_floor, call.At ?? 0) : _floor;
        }
    }

    public void Add(WatchCall call)
    {
        lock (_lock)
        {
            _watches.Add(call);
        }
    }

    /// <summary>The writes that began after a moment and have ended, in the order of their ends.</summary>
    public IReadOnlyList<WriteCall> EndedSince(long began)
    {
        lock (_lock)
        {
            return _writes.FindAll(call => call.Began > began);
        }
    }

    /// <summary>Waits for a number of commits of writes that began after a moment.</summary>
    public Task Committed(int count, long since) => Poll.Until(
        () => EndedSince(since).Count(call => call.End == WriteEnd.Committed) >= count, () => $"fewer than {count} writes are committed");

    /// <summary>Waits until each of these clients has a commit of a write that began after a moment.</summary>
    public Task CommittedToEach(IEnumerable<string> clients, long since) =>
        ToEach(clients, since, call => call.End == WriteEnd.Committed, "commit");

    /// <summary>Waits until each of these clients has any answer to a write that began after a moment.</summary>
    public Task AnsweredToEach(IEnumerable<string> clients, long since) => ToEach(clients, since, _ => true, "answer");

    /// <summary>The numbers of calls, for the line of a trial.</summary>
    public override string ToString()
    {
        var levels = _reads.CountBy(call => call.Level).ToDictionary();
        return $"{Counts}, {Writes.Count(call => call.End == WriteEnd.Refused)} refused, {_repeated} repeats; {_reads.Count} reads: "
            + string.Join(", ", Enum.GetValues<Level>().Select(level => $"{levels.GetValueOrDefault(level)} {level}".ToLowerInvariant()))
            + $", {_unanswered} unanswered; {_watches.Sum(watch => watch.Changes.Count)} changes in {_watches.Count} watches";
    }

    private void Judge(WriteCall call)
    {
        if (call.End == WriteEnd.Committed && _doubts.Exists(doubt => call.Ended > doubt.ToldAfter && call.Began < doubt.BegunBefore))
        {
            call.End = WriteEnd.Unknown;
        }
    }

    private Task ToEach(IEnumerable<string> clients, long since, Func<WriteCall, bool> isIt, string what)
    {
        HashSet<string> left = [.. clients];
        return Poll.Until(
            () =>
            {
                left.ExceptWith(EndedSince(since).Where(isIt).Select(call => call.Client));
                return left.Count == 0;
            },
            () => $"{string.Join(", ", left)} had no {what}");
    }
}
