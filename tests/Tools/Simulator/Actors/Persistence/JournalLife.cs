using System.Globalization;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>One life of a persistent actor: what it has persisted, and what it was told.</summary>
internal sealed class JournalLife
{
    private readonly string _node;
    private readonly JournalStream _stream;
    private readonly JournalLedger _ledger;
    private readonly bool _fromSnapshot;
    private readonly List<(long Number, JournalEvent Event)> _replayed = [];

    // When it began, and what others were told before.
    private readonly (long Time, long Highest, long Deleted, long Saved) _began;

    private readonly Dictionary<long, SavedSnapshot> _taken = [];

    // The numbers up to which the events that were known at the begin are deleted, by those of the calls.
    private readonly Dictionary<long, long> _deletions = [];
    private long _after;
    private int _batches;
    private int _snapshots;
    private long _highestBefore;
    private SnapshotDeletion? _deletion;

    public JournalLife(int number, string node, JournalStream stream, JournalLedger ledger, bool fromSnapshot)
    {
        (Number, _node, _stream, _ledger, _fromSnapshot) = (number, node, stream, ledger, fromSnapshot);
        _began = (ledger.Now(), stream.Highest, stream.Deleted, stream.Saved);
    }

    /// <summary>Among all lives of the run, from 1 on.</summary>
    public int Number { get; }

    /// <summary>The number of the latest snapshot that it has recovered or saved, or 0.</summary>
    public long LatestSnapshot { get; private set; }

    public void OnSnapshot(long number, string text) => _ledger.Do(() =>
    {
        _stream.CheckOffer(number, text, _began.Time);
        (_after, LatestSnapshot) = (number, number);
    });

    public void OnReplayed(long number, string text) => _ledger.Do(() => _replayed.Add((number, JournalEvent.Parse(text))));

    public void OnRecovered(long highest) => _ledger.Do(() =>
    {
        _ledger.Counts = _ledger.Counts with { Recovered = _ledger.Counts.Recovered + 1 };
        _ledger.Demand(
            highest >= _began.Highest,
            $"life {Number} of {_stream.Id} on {_node} recovered up to {highest}, and {_began.Highest} was acknowledged before");
        if (_fromSnapshot)
        {
            _stream.CheckSnapshot(_after, _began.Saved);
        }

        _stream.CheckRead(_replayed, _after, highest, _began.Deleted);
        _ledger.OnRecovered(_node, _stream.Id);
    });

    /// <summary>Makes events that it persists at once.</summary>
    public IEnumerable<JournalEvent> NewBatch(int size)
    {
        var batch = ++_batches;
        _highestBefore = _stream.Highest;
        return Enumerable.Range(0, size).Select(place => new JournalEvent(Number, batch, place, size));
    }

    /// <returns>It is the last event of its batch.</returns>
    public bool OnPersisted(long number, string text)
    {
        var each = JournalEvent.Parse(text);
        _ledger.Do(() =>
        {
            _ledger.Counts = _ledger.Counts with { Acknowledged = _ledger.Counts.Acknowledged + 1 };
            _ledger.Demand(
                number > _highestBefore, $"event {number} of {_stream.Id}, {each}, was accepted, and {_highestBefore} was known before");
            _stream.Learn(number, each);
        });
        return each.Place + 1 == each.Size;
    }

    /// <returns>It is the last event of its batch.</returns>
    public bool OnRejected(long number, string text)
    {
        var each = JournalEvent.Parse(text);
        _ledger.Do(() =>
        {
            _ledger.Counts = _ledger.Counts with { Rejected = _ledger.Counts.Rejected + 1 };
            _stream.Deny(each, "rejected");
            _stream.Skip(number);
        });
        return each.Place + 1 == each.Size;
    }

    public void OnFailed(bool isStale, string text) => _ledger.Do(() =>
    {
        if (isStale)
        {
            _ledger.Counts = _ledger.Counts with { Stale = _ledger.Counts.Stale + 1 };
            _stream.Deny(JournalEvent.Parse(text), "refused as stale");
        }
    });

    /// <summary>Makes a snapshot.</summary>
    public string NewSnapshot(long number)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Number} {++_snapshots}");
        _ledger.Do(() => _taken[number] = _stream.BeginSnapshot(text, number));
        return text;
    }

    public void OnSaved(long number) => _ledger.Do(() =>
    {
        LatestSnapshot = Math.Max(LatestSnapshot, number);
        _stream.EndSnapshot(_taken[number]);
    });

    public void BeginDeletion(long to) => _ledger.Do(() => _deletions.TryAdd(to, _stream.BeginDeletion(to)));

    public void OnDeleted(long to) => _ledger.Do(() => _stream.EndDeletion(_deletions[to]));

    public long NewSnapshotDeletion(long to)
    {
        _ledger.Do(() => _deletion = _stream.BeginSnapshotDeletion(to));
        return to;
    }

    public void OnSnapshotsDeleted() => _ledger.Do(() => _stream.EndSnapshotDeletion(_deletion!));
}
