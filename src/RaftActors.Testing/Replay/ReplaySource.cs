using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Storage.Backups;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;
using RaftActors.Storage.Tools;

namespace RaftActors.Testing.Replay;

/// <summary>
/// The log of one process, from its latest snapshot or its first pair on: a chain of backups, or a directory of stores that no process
/// uses. All bytes are checked when it is opened. Blocks for the disk. Not thread-safe.
/// </summary>
internal sealed class ReplaySource : IDisposable
{
    private const int PieceSize = 1 << 20;
    private const int PageMax = 4096;

    private readonly List<IDisposable> _open = [];
    private readonly SnapshotFile? _snapshot;
    private readonly Func<IEnumerable<LogSlice>> _pages;

    /// <param name="paths">A full backup and those that continue it, in order, or a directory.</param>
    /// <param name="group">Null: the directory has one group.</param>
    /// <exception cref="StoreException">A file is damaged or missing, or the source has no such log.</exception>
    public ReplaySource(IReadOnlyList<string> paths, string? group, CancellationToken cancellationToken)
    {
        try
        {
            (_snapshot, _pages) = paths is [var path] && Directory.Exists(path)
                ? OfDirectory(path, group, cancellationToken)
                : OfBackups(paths, cancellationToken);
        }
        catch
        {
            Dispose();
            throw;
        }

        if (group is not null && group != Owner.Group)
        {
            Dispose();
            throw new StoreException($"{paths[^1]} has the group {Owner.Group}, not {group}. Name a source of {group}.");
        }
    }

    public StoreOwner Owner { get; private set; }

    /// <summary>Null if the log has its first pair.</summary>
    public Snapshot? Snapshot => _snapshot?.Snapshot;

    public Serial Start => Snapshot?.Position.Serial ?? Serial.Zero;

    public Serial End { get; private set; }

    /// <summary>The state in the snapshot, piece by piece.</summary>
    public IEnumerable<byte[]> State()
    {
        for (long offset = 0; offset < Snapshot?.Length; offset += PieceSize)
        {
            yield return _snapshot!.TryRead(offset, PieceSize)!; // Justification: the file is open, as the length shows.
        }
    }

    /// <summary>
    /// The entries after <see cref="Start"/>, in blocks that end with a pair where they can. Up to <paramref name="from"/> and with a
    /// <paramref name="step"/> of null a block is as large as the source gives it, and otherwise that many pairs.
    /// </summary>
    public IEnumerable<LogSlice> Blocks(Serial from, long? step)
    {
        foreach (var page in _pages())
        {
            if (page.IsEmpty || step is null || page[^1].Serial <= from)
            {
                yield return page;
                continue;
            }

            List<LogEntry> block = [];
            foreach (var entry in page.SelectMany(Split))
            {
                block.Add(entry);
                if (entry.IsPair && entry.Serial >= from && (entry.Serial.Value - from.Value) % step == 0)
                {
                    yield return [.. block];
                    block.Clear();
                }
            }

            yield return [.. block];
        }
    }

    public void Dispose()
    {
        _snapshot?.Dispose();
        _open.ForEach(each => each.Dispose());
    }

    // The pairs of a batch one by one, because a difference is looked for between two of them.
    private static IEnumerable<LogEntry> Split(LogEntry entry) => entry.Count <= 1
        ? [entry]
        : StoredPair.AllOf(entry).Select(pair =>
            new LogEntry(entry.Index, entry.Term, pair.Serial, pair.Request, pair.Key, pair.Value) { Time = pair.Time });

    private (SnapshotFile?, Func<IEnumerable<LogSlice>>) OfBackups(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        BackupFile? last = null;
        List<BackupFile> backups = [];
        foreach (var path in paths)
        {
            BackupFile next = new(path, cancellationToken);
            _open.Add(next);
            backups.Add(next);
            if (next.IsIncremental != last is not null || (last is not null && (next.Start, next.Uid) != (last.End, last.Uid)))
            {
                throw new StoreException(last is null
                    ? $"{next.Path} continues another backup. Name the full backup first, then those that continue it."
                    : $"{next.Path} does not continue {last.Path}. Name the backups of one group, each behind the one that it continues.");
            }

            last = next;
        }

        (Owner, End) = (backups[^1].Owner, backups[^1].End.Serial);
        return (backups[0].OpenSnapshot(), () => backups.SelectMany(backup => backup.Pages()));
    }

    private (SnapshotFile?, Func<IEnumerable<LogSlice>>) OfDirectory(string path, string? group, CancellationToken cancellationToken)
    {
        var offline = OfflineDirectory.ToRead(path);
        _open.Add(offline);
        var report = LogVerify.Check(offline, onStep: null, cancellationToken);
        var stores = report.Stores.Where(store => group is null || store.Owner.Group == group).ToList();
        if (report.Damages.FirstOrDefault(each => each.Owner is null || stores.Exists(store => store.Owner == each.Owner)) is { } damage)
        {
            throw new StoreException($"{damage.Place.File} at {damage.Place.Offset} is damaged: {damage.Place.What}. Use the store of "
                + "another process of the group, or a backup.");
        }

        if (stores is not [var store])
        {
            throw new StoreException($"{path} has {stores.Count} stores{(group is null ? "" : $" of the group {group}")}, of "
                + $"{string.Join(", ", report.Stores.Select(each => each.Owner))}. Name the group of one of them.");
        }

        LogReader reader = new(offline.Disk, keptMax: 0);
        reader.ReadHeaders();
        reader.ReadAll();
        var read = reader.Slots.Single(each => each.Owner == store.Owner);
        var slot = Slot.Of(read);
        var folder = slot.SnapshotFolder;
        var name = offline.SnapshotFolders.Contains(folder)
            ? offline.Disk.List(folder).LastOrDefault(file => SnapshotName.Parse(file, SnapshotName.Whole) is not null)
            : null;
        var snapshot = name is null ? null : SnapshotFile.Open(offline.Disk, $"{folder}/{name}", store.Owner);
        if (read.Range.Base.Index > (snapshot?.Snapshot.Position.Index ?? LogIndex.Zero))
        {
            throw new StoreException($"{path} has no snapshot of the entries up to {read.Range.Base}, because the process has just "
                + "received one. Start the process once, and stop it.");
        }

        (Owner, End) = (store.Owner, store.Last.Serial);
        return (snapshot, () => Pages(new EntryReader(offline.Disk), slot, snapshot?.Snapshot.Position.Index ?? LogIndex.Zero));
    }

    // About as many bytes at a time as a segment of a backup has.
    private static IEnumerable<LogSlice> Pages(EntryReader reader, Slot slot, LogIndex after)
    {
        for (var (next, count) = (after.Next, 64L); next <= slot.Log.Last;)
        {
            var page = reader.Read(slot, next, new LogIndex(Math.Min(next.Value + count - 1, slot.Log.Last.Value)));
            yield return page;
            next = page[^1].Index.Next;
            count = Math.Clamp(PieceSize * (long)page.Length / Math.Max(1, page.Sum(entry => (long)entry.Size)), 1, PageMax);
        }
    }
}
