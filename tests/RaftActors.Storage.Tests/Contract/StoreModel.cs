using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Storage.Tests.Contract;

/// <summary>The content that a store must recover after some writes. Immutable: each write returns another model.</summary>
internal sealed record StoreModel
{
    private ImmutableList<LogEntry> _entries = [];
    private ImmutableList<LogPosition> _bases = [default];
    private ImmutableList<SavedSnapshot> _snapshots = [];
    private ImmutableList<ReadOnlyMemory<byte>> _incoming = [];
    private HardState _hardState = InitialState.Empty.HardState;
    private LogPosition? _givenUpAt;
    private LogIndex _pinned;

    public static StoreModel Holding(LogSlice preload) => new() { _entries = [.. preload] };

    /// <summary>The latest snapshot; null if there is none.</summary>
    public SavedSnapshot? Latest => _snapshots.Count > 0 ? _snapshots[^1] : null;

    /// <summary>The readable snapshots: the latest, and those that are not discarded.</summary>
    public IEnumerable<SavedSnapshot> Readable => _snapshots.Where(one => one == Latest || one.Snapshot.Position.Index >= _pinned);

    /// <summary>The highest allowed index of the next entry.</summary>
    public LogIndex Next => (_givenUpAt?.Index ?? (_entries.IsEmpty ? _bases[^1].Index : _entries[^1].Index)).Next;

    /// <summary>The entries that a store must read back. It may have discarded all others.</summary>
    public IReadOnlyList<LogEntry> Log => _givenUpAt is null ? _entries.FindAll(entry => entry.Index > _bases.Max(one => one.Index)) : [];

    public StoreModel After(Effect.Write write) => write switch
    {
        Effect.Persist(_, var hardState, var entries) => Append(entries) with { _hardState = hardState ?? _hardState },
        Effect.StoreChunk(_, _, 0, var data) => this with { _incoming = [data] },
        Effect.StoreChunk(_, _, _, var data) => this with { _incoming = _incoming.Add(data) },
        Effect.InstallSnapshot(_, var snapshot, var keepsLog) => Install(snapshot, keepsLog),
        Effect.Discard(var position, var oldest) => Discard(position) with { _pinned = oldest },
        _ => throw new ArgumentOutOfRangeException(nameof(write)),
    };

    /// <summary>Adds a saved snapshot. The store need not keep one that is older than the latest.</summary>
    public StoreModel With(SavedSnapshot saved) =>
        saved.Snapshot.Position.Index > (Latest?.Snapshot.Position.Index ?? LogIndex.Zero)
            ? this with { _snapshots = _snapshots.Add(saved) }
            : this;

    /// <summary>Drops received pieces that were not installed.</summary>
    public StoreModel Reopened() => this with { _incoming = [] };

    /// <summary>Describes the difference to a recovered state; null if there is none.</summary>
    public string? Difference(InitialState found)
    {
        var begin = _givenUpAt == found.Base ? _entries.Count : _entries.FindLastIndex(entry => entry.Index <= found.Base.Index) + 1;
        var expected = _entries.Skip(begin).Select(StoreText.Of).ToArray();
        var log = (found.Earlier?.Pages ?? []).Append(found.Log).SelectMany(page => page).Select(StoreText.Of).ToArray();
        var place = Enumerable.Range(0, Math.Max(expected.Length, log.Length)).FirstOrDefault(i => At(expected, i) != At(log, i), -1);
        return _givenUpAt != found.Base && !_bases.Contains(found.Base)
            ? $"the log begins after {StoreText.Of(found.Base)}, and it may begin after {string.Join(" or ", _bases.Select(StoreText.Of))}"
            : place >= 0 ? $"entry {place + 1} of the log is {At(log, place)}, and {At(expected, place)} was written"
            : Different("the hard state", StoreText.Of(found.HardState), StoreText.Of(_hardState))
                ?? Different("the latest snapshot", StoreText.Of(found.Snapshot), StoreText.Of(Latest?.Snapshot));
    }

    private static string At(string[] entries, int place) => place < entries.Length ? entries[place] : "nothing";

    private static string? Different(string what, string found, string expected) =>
        found == expected ? null : $"{what} is {found}, and {expected} was written";

    /// <summary>Adds a position after which the log may begin. A store may discard later than it is told.</summary>
    private StoreModel BeginAt(LogPosition position, bool isOnly) => isOnly
        ? this with { _entries = [], _bases = [position], _givenUpAt = null }
        : this with { _bases = _bases.Add(position) };

    private StoreModel Append(LogSlice entries)
    {
        if (entries.IsEmpty)
        {
            return this;
        }

        var log = _givenUpAt is { } position ? BeginAt(position, isOnly: true) : this;
        return log with { _entries = log._entries.RemoveAll(entry => entry.Index >= entries[0].Index).AddRange(entries) };
    }

    private StoreModel Discard(LogPosition position) =>
        position.Index >= Next ? this with { _givenUpAt = position }
        : _bases.Contains(position) || _givenUpAt == position ? this
        : BeginAt(position, isOnly: false);

    private StoreModel Install(Snapshot snapshot, bool keepsLog)
    {
        var state = _incoming.SelectMany(piece => piece.ToArray()).ToArray();
        var cut = keepsLog ? Discard(snapshot.Position) : BeginAt(snapshot.Position, isOnly: true);
        return cut.With(new SavedSnapshot(snapshot, state)).Reopened();
    }
}

/// <summary>A snapshot and the application's state in it.</summary>
internal sealed record SavedSnapshot(Snapshot Snapshot, ReadOnlyMemory<byte> State);
