using System.Collections.Immutable;

using RaftActors.Storage.Log;

namespace RaftActors.Cli.Plan;

/// <summary>
/// Predicts the figures of one group by bounds: an Append takes the time of its commit, or, if that is longer, the time in which the
/// busiest resource serves the Appends that are open. <c>plan</c> of RaftActors.Benchmarks compares it with measured groups.
/// </summary>
internal sealed class CapacityModel
{
    /// <summary>
    /// The processors that one group can use on its leader for pairs, because its engine and its actor take one turn at a time. The most
    /// that a measured leader used was 0.8.
    /// </summary>
    public const double PairCores = 1;

    /// <summary>The same, for everything: the threads of the network and of the log work beside the engine.</summary>
    public const double UsefulCores = 2;

    // raft.in-flight.messages-max, and the bounds of one message with entries.
    private const int WindowMessages = 64;
    private const int MessageEntries = 256;
    private const double MessagePayload = 64_000;

    // Pieces of a snapshot that are under way at a time, and raft.snapshot.chunk-size.
    private const double SnapshotWindow = 4 * 64_000;

    // Roughly the bytes of an entry without its pair by which the engine decides that a snapshot is due.
    private const int SnapshotEntryBytes = 64;

    // An entry in memory without its pair, as raft.log-memory-max counts it.
    private const int EntryInMemory = 200;

    private const double DaySeconds = 86_400;

    private readonly Workload _given;
    private readonly double _sync;
    private readonly double _roundTrip;
    private readonly CommitTime _commit;
    private readonly double _median;
    private readonly double _slowness;
    private readonly double _forwarding;
    private readonly double _transfer;
    private readonly ImmutableArray<Limit> _limits;
    private readonly (double Leader, double Other) _batch;
    private readonly (double Leader, double Other) _pair;
    private readonly double _perBatch;
    private readonly double _perPair;
    private readonly double _cores;
    private readonly double _pairCores;

    private CapacityModel(Workload given)
    {
        _given = given;
        (_sync, _roundTrip) = (given.Sync.TotalSeconds, given.Members == 1 ? 0 : given.RoundTrip.TotalSeconds);
        _commit = new CommitTime(given.Voters, _sync, Math.Max(_sync, given.SyncMost.TotalSeconds), _roundTrip);
        _median = _commit.Quantile(0.5);
        _slowness = given.Callers is null ? 0 : Math.Max(0, _commit.Mean() - _median);
        _forwarding = given.IsForwarded ? _roundTrip + ProcessorCosts.Handling : 0;

        // The leader sends a pair to each other member, and each writes it. On one machine there is no network.
        _transfer = (given.IsOneMachine ? 0 : given.Others * Overheads.OnWire(given.PayloadBytes) / given.Bandwidth)
            + (_sync > 0 ? Overheads.RecordBytes(given.PayloadBytes) / given.DiskRate : 0);
        (_batch, _pair) = (BatchCosts(given), PairCosts(given));

        // On one machine all members compete for its processors. Otherwise each has its own, and the leader has the most to do.
        var rivals = given.IsOneMachine ? given.Others : 0;
        (_perBatch, _perPair) = (_batch.Leader + (rivals * _batch.Other), _pair.Leader + (rivals * _pair.Other));
        _cores = given.IsOneMachine ? given.Cores : Math.Min(given.Cores, UsefulCores);
        _pairCores = given.IsOneMachine ? given.Cores : Math.Min(given.Cores, PairCores);
        _limits = Limits();
    }

    private double BatchesPerCommit => _given.IsForwarded ? ProcessorCosts.BatchesPerForwardedCommit : ProcessorCosts.BatchesPerCommit;

    public static Forecast Predict(Workload given) => new CapacityModel(given).Predict();

    private Forecast Predict()
    {
        var rate = _given.Callers is { } callers ? RateOf(callers) : _given.Rate;
        var isPossible = rate < _limits[0].Rate;
        var median = isPossible ? Latency(rate) : 0;
        if (_given.Callers is { } waiting)
        {
            median = Math.Max(median, (waiting / rate) - _slowness); // At a limit they wait for each other.
        }

        var batches = isPossible ? BatchesAt(rate, median) : 0;
        var perBatch = batches > 0 ? rate / batches : 1;
        var record = Overheads.RecordBytes(_given.PayloadBytes) + (BatchHeader.Size / perBatch);
        var interval = SnapshotInterval();
        var heartbeats = _given.Others / _given.Heartbeat.TotalSeconds;
        var messages = batches + (1 / _given.Heartbeat.TotalSeconds) + NoticesAt(batches);
        var toEach = (rate * Overheads.OnWire(_given.PayloadBytes)) + (messages * Overheads.MessageBytes);
        var fromEach = messages * Overheads.ReplyBytes;
        var (calls, answers) = _given.IsForwarded
            ? (rate * (_given.PayloadBytes + Overheads.CallBytes), rate * Overheads.AnswerBytes)
            : (0, 0);
        double? most = interval is { } entries ? (entries + _given.RetainedEntries) * record : null;
        var inMemory = interval is { } length
            ? Math.Min(_given.LogMemory, (length + _given.RetainedEntries) * (_given.PayloadBytes + EntryInMemory))
            : _given.LogMemory;
        return new Forecast
        {
            Rate = rate,
            Limits = _limits,
            Median = Time(median),
            Most = Time(isPossible ? Tail(rate, median) : 0),
            SlowestPart = SlowestPart(rate, median),
            AppendsPerBatch = perBatch,
            LeaderCores = (batches * _batch.Leader) + (rate * _pair.Leader),
            OtherCores = (batches * _batch.Other) + (rate * _pair.Other),
            LogPerDay = rate * record * DaySeconds,
            LogMost = most,
            Disk = most is { } log ? DiskOf(log) : null,
            Memory = _given.StateBytes + inMemory,
            LogInMemory = inMemory,
            SnapshotsPerDay = interval is { } between ? rate / between * DaySeconds : 0,
            SnapshotBytesPerDay = interval is { } every ? rate / every * DaySeconds * _given.StateBytes : 0,
            SnapshotTransfer = Time(TransferOf(_given.StateBytes)),
            LeaderSends = (_given.Others * toEach) + answers,
            LeaderReceives = (_given.Others * fromEach) + calls,
            OtherSends = _given.Others == 0 ? 0 : fromEach,
            OtherReceives = _given.Others == 0 ? 0 : toEach,
            HeartbeatMessages = 2 * heartbeats,
            HeartbeatBytes = heartbeats * (Overheads.MessageBytes + Overheads.ReplyBytes),
            FailoverOfProgram = Time(Election() + (2 * _given.Tick.TotalSeconds)),
            FailoverOfMachine = Time(Election() + _given.ElectionMax.TotalSeconds),
        };
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static TimeSpan Time(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2));

    // The cost of one more node is spread over all others, because only one of them has the callers.
    private static (double Leader, double Other) BatchCosts(Workload given)
    {
        var (leader, other) = given.Sync > TimeSpan.Zero
            ? (ProcessorCosts.LeaderBatch, ProcessorCosts.OtherBatch)
            : (ProcessorCosts.LeaderBatchInMemory, ProcessorCosts.OtherBatchInMemory);
        return given.IsForwarded
            ? (leader + ProcessorCosts.ForwardedBatchOnLeader, other + (ProcessorCosts.ForwardedBatchOnOther / Math.Max(1, given.Others)))
            : (leader, other);
    }

    private static (double Leader, double Other) PairCosts(Workload given) => (
        ProcessorCosts.LeaderPair + (given.PayloadBytes * ProcessorCosts.LeaderByte)
            + (given.IsForwarded ? ProcessorCosts.ForwardedOnLeader : 0),
        ProcessorCosts.OtherPair + (given.PayloadBytes * ProcessorCosts.OtherByte)
            + (given.IsForwarded ? ProcessorCosts.ForwardedOnOther / Math.Max(1, given.Others) : 0));

    /// <summary>The rates at which each resource is used up.</summary>
    private ImmutableArray<Limit> Limits()
    {
        var (payload, record) = (_given.PayloadBytes, Overheads.RecordBytes(_given.PayloadBytes));
        var limits = new List<Limit>
        {
            // A busy leader has long batches with many pairs, so its wake-ups no longer count.
            new(
                "processors",
                _pairCores / _perPair,
                Text($"a pair takes {_perPair * 1e6:0.0} us of {_pairCores:0.##} processor{(_pairCores == 1 ? "" : "s")}")),
        };
        if (_sync > 0)
        {
            var disks = _given.IsOneMachine ? _given.Members : 1;
            limits.Add(new("disk", _given.DiskRate / (disks * record), $"{ByteSize.Text(disks * record)} for a pair in the log"));
        }

        if (_given.Others > 0 && !_given.IsOneMachine)
        {
            var bytes = _given.Others * Overheads.OnWire(payload);
            limits.Add(new("network", _given.Bandwidth / bytes, $"{ByteSize.Text(bytes)} that the leader sends for a pair"));
        }

        if (_given.Others > 0)
        {
            // A follower acknowledges a message when it is on its disk, and the leader waits when so many are not acknowledged.
            var pairs = Math.Min(
                WindowMessages * Math.Max(1, Math.Min(MessageEntries, Math.Floor(MessagePayload / Math.Max(1, payload)))),
                Math.Max(1, (double)_given.InFlight / Math.Max(1, payload)));
            var reply = _roundTrip + _sync + ProcessorCosts.Handling;
            limits.Add(new("window", pairs / reply, Text($"{pairs:0} pairs are under way to a member, for {reply * 1e3:0.0} ms each")));
        }

        return [.. limits.OrderBy(limit => limit.Rate)];
    }

    /// <summary>
    /// The rate of callers that wait for each outcome: by Little's law their number divided by the mean time of an Append. Slow syncs hold
    /// up all of them, so the mean is above the median by as much as that of a commit.
    /// </summary>
    private double RateOf(int callers)
    {
        var (low, high) = (0.0, _limits[0].Rate);
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = middle * (Latency(middle) + _slowness) < callers ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The median time of an Append at a rate below all limits, in seconds.</summary>
    private double Latency(double rate) => Math.Max(Commit(rate), Busy(rate));

    /// <summary>The time of a commit by itself: disk, network and the turns of engines and actor.</summary>
    private double Commit(double rate) => _median + (Busyness(rate) * _sync / 2) + _transfer + ProcessorCosts.Handling + _forwarding;

    /// <summary>
    /// The time of an Append that waits for the resources. In that time the processors handle its batches and all pairs that come
    /// meanwhile. So it is the time of the batches on the processors that the pairs leave free. Network and disk, where they are nearly
    /// used up, make it longer.
    /// </summary>
    private double Busy(double rate)
    {
        var left = _cores - (rate * _perPair);
        if (left <= 0)
        {
            return double.PositiveInfinity;
        }

        var alone = rate * _perBatch / left; // A batch for each Append.
        var shared = BatchesPerCommit * _perBatch / left;
        var used = _limits.Where(limit => limit.Name is "disk" or "network").Select(limit => rate / limit.Rate).DefaultIfEmpty(0).Max();
        return Math.Min(alone, 1) * shared / Math.Max(1e-9, 1 - used);
    }

    /// <summary>
    /// The share of the time in which a disk syncs. While it does, Appends gather for the next sync. If none came meanwhile, it pauses
    /// until the next one. So a sync of length f follows a pause of exp(-rate f) / rate.
    /// </summary>
    private double Busyness(double rate) => _sync == 0 ? 0 : rate * _sync / ((rate * _sync) + Math.Exp(-rate * _sync));

    /// <summary>Batches a second: one for each Append, until several are open at a time.</summary>
    private double BatchesAt(double rate, double latency) => Math.Min(rate, BatchesPerCommit / latency);

    /// <summary>The commit index goes alone to a member at most 8 times in a tick, and otherwise with the next entries.</summary>
    private double NoticesAt(double batches) => Math.Min(batches, 8 / _given.Tick.TotalSeconds);

    /// <summary>
    /// An Append of the slowest hundredth just missed a sync, and its own is slow. On a busy leader it waits for the processors, too.
    /// </summary>
    private double Tail(double rate, double median)
    {
        var slow = _commit.Quantile(0.99);
        return Math.Max(
            slow + (Busyness(rate) * _sync) + _transfer + _forwarding + (ProcessorCosts.Tail * ProcessorCosts.Handling),
            slow - _median + (ProcessorCosts.Tail * Math.Min(median, Busy(rate))));
    }

    private string SlowestPart(double rate, double median) =>
        median > Commit(rate) ? "processors" : _sync >= _roundTrip ? "sync" : "round trip";

    /// <summary>
    /// Entries between two snapshots: a snapshot is due by its entries or its bytes, but not before the log is half as long as the latest
    /// one. Null: the actor takes none.
    /// </summary>
    private double? SnapshotInterval() => _given.StateBytes == 0
        ? null
        : Math.Max(
            Math.Min(_given.SnapshotEntries, Math.Ceiling(_given.SnapshotBytes / (double)Math.Max(1, _given.PayloadBytes))),
            Math.Ceiling(_given.StateBytes / 2.0 / (_given.PayloadBytes + SnapshotEntryBytes)));

    /// <summary>
    /// The latest snapshot and the one that is being written; the log in whole segments, one that is only partly needed and the next one;
    /// and the floor, below which the leader takes no pairs.
    /// </summary>
    private double DiskOf(double log) =>
        (2.0 * _given.StateBytes) + ((Math.Ceiling(log / _given.SegmentBytes) + 2) * _given.SegmentBytes) + _given.FreeSpaceFloor;

    /// <summary>A few pieces are under way at a time, and each is acknowledged from the disk.</summary>
    private double TransferOf(double state) => state == 0
        ? 0
        : state / Math.Min(Math.Min(_given.Bandwidth, _given.DiskRate), SnapshotWindow / (_roundTrip + _sync + ProcessorCosts.Handling));

    /// <summary>An election: pre-votes, the term and the votes on the disks of two, and the first entry of the leader.</summary>
    private double Election() => (3 * _roundTrip) + (3 * _sync);
}
