using RaftActors.Core;

namespace RaftActors.Storage.Backups;

/// <summary>
/// Writes the store of one member of a restored group. The store is fenced until all of it is on the disk. So a process that is started
/// after a restore that did not finish neither votes nor counts.
/// </summary>
internal sealed class RestoredStore : IStoreListener, IDisposable
{
    // The bytes that may wait for the disk.
    private const long UnsavedMax = 8 << 20;

    private readonly object _lock = new();
    private readonly RestorePlan _plan;
    private readonly IRaftStore _store;
    private Ticket _asked;
    private Ticket _done;
    private long _unsaved;
    private StoreException? _failure;

    private RestoredStore(StoreDirectory directory, StoreOwner owner, RestorePlan plan)
    {
        (_plan, _store) = (plan, directory.StoreOf(owner));
        if (directory.Owners.Contains(owner))
        {
            throw new StoreException(
                $"The directory has a store of {owner} already. Restore into another directory, or move this one away.");
        }

        _store.Open(owner, [], this);
    }

    /// <summary>Writes a store.</summary>
    /// <param name="options">The directory, which may have stores of other groups.</param>
    /// <param name="member">One of the members of the plan.</param>
    /// <param name="planOf">Makes the plan, given the name of the group and its maximum of voters in the backup.</param>
    /// <param name="paths">A full backup, and the incremental ones that continue it, in order.</param>
    /// <param name="now">By the clock of this machine.</param>
    /// <returns>The last entry that the store has.</returns>
    /// <exception cref="StoreException">
    /// A file is damaged, the files do not follow each other, the clock is behind them, the directory has a store of the member, or the
    /// disk has failed. Before the disk is changed all files are read.
    /// </exception>
    public static LogPosition Write(
        StoreOptions options, ProcessName member, Func<string, int, RestorePlan> planOf, IReadOnlyList<string> paths, DateTimeOffset now)
    {
        var (group, configuration, end) = DemandChain(paths, now);
        var plan = planOf(group, configuration?.MaxQuorum ?? QuorumSize.Max);
        if (!plan.Configuration.HasName(member))
        {
            throw new StoreException($"{member} is not among the members of the restored group. Name it too.");
        }

        using var directory = StoreDirectory.Open(options, plan.IdentitiesOf(member));
        Write(directory, member, plan, paths, end);
        return end;
    }

    /// <summary>Writes a store.</summary>
    /// <param name="directory">Opened with the identities of the member.</param>
    /// <param name="end">The last entry of the backups.</param>
    internal static void Write(
        StoreDirectory directory, ProcessName member, RestorePlan plan, IReadOnlyList<string> paths, LogPosition end)
    {
        using var store = new RestoredStore(directory, new StoreOwner(plan.Group, member), plan);
        store.Write(paths, end);
    }

    void IStoreListener.OnPersisted(Ticket ticket) => Tell(() => _done = ticket);

    void IStoreListener.OnSnapshotSaved(Snapshot snapshot)
    {
    }

    // The store would wait for room.
    void IStoreListener.OnSpace(bool isShort) => Tell(() => _failure ??= isShort
        ? new StoreException($"The disk is nearly full, so the restore has ended, and the store of group {_plan.Group} is fenced. Make "
            + "room, move the directory away, and restore again.")
        : null);

    void IStoreListener.OnFailed(StoreException cause) => Tell(() => _failure = cause);

    public void Dispose() => _store.Dispose();

    private static (string Group, Configuration? Latest, LogPosition End) DemandChain(IReadOnlyList<string> paths, DateTimeOffset now)
    {
        (BackupRecord.Head Head, LogPosition End)? before = null;
        Configuration? latest = null;
        foreach (var path in paths)
        {
            var (head, end, _, configuration) = BackupReader.Verify(path);
            latest = configuration ?? latest;
            if (head.At > now)
            {
                throw new StoreException($"{path} was begun at {head.At:u}, and the clock of this machine says {now:u}. The restored group "
                    + "would give fencing tokens and versions again that were given before. Correct the clock, and restore again.");
            }

            if (before is null && head.IsIncremental)
            {
                throw new StoreException($"{path} continues another backup. Name the full backup first, then those that continue it.");
            }

            if (before is var (first, last) && !(head.IsIncremental && head.After == last && head.Uid == first.Uid))
            {
                throw new StoreException($"{path} begins after {head.After} of group {head.Uid}, and the backup before it ends at {last} "
                    + $"of group {first.Uid}. Name the backups of one group, each with the one that it continues before it.");
            }

            before = (head, end);
        }

        return before is var (newest, whole)
            ? (newest.Group, latest, whole)
            : throw new StoreException("There is no backup to restore. Name a file.");
    }

    private void Write(IReadOnlyList<string> paths, LogPosition end)
    {
        Save(new Effect.Persist(Next(), InitialState.Empty.HardState with { Fence = new Fence.RestoredDisk() }, default), 0);
        foreach (var path in paths)
        {
            using var reader = new BackupReader(path);
            WriteFrom(reader);
        }

        var whole = InitialState.Empty.HardState with
        {
            Term = end.Term,
            Group = _plan.Configuration.Group,
            IsAdmitted = true,
        };
        Save(new Effect.Persist(Next(), whole, default), UnsavedMax);
    }

    private void WriteFrom(BackupReader reader)
    {
        Snapshot? snapshot = null;
        var offset = 0L;
        for (var record = reader.Next(); record is not null; record = reader.Next())
        {
            switch (record)
            {
                case BackupRecord.Image when reader.Snapshot is { } whole:
                    snapshot ??= whole with { Configuration = _plan.Configuration.InPlaceOf(whole.Configuration) };
                    if (!reader.State.IsEmpty || snapshot.Length == 0)
                    {
                        Save(new Effect.StoreChunk(Next(), snapshot, offset, reader.State), reader.State.Length);
                        offset += reader.State.Length;
                        if (offset == snapshot.Length)
                        {
                            Save(new Effect.InstallSnapshot(Next(), snapshot, KeepsLog: false), UnsavedMax);
                        }
                    }

                    break;
                case BackupRecord.Log log:
                    var entries = log.Entries.ToArray();
                    foreach (ref var entry in entries.AsSpan())
                    {
                        entry = entry.Configuration is { } before
                            ? entry with { Payload = new Payload.Reconfigure(_plan.Configuration.InPlaceOf(before)) }
                            : entry;
                    }

                    Save(new Effect.Persist(Next(), null, new LogSlice(entries)), entries.Sum(entry => (long)entry.Value.Length));
                    break;
            }
        }
    }

    private Ticket Next() => _asked = _asked.Next;

    /// <param name="size">The bytes of the write. The disk is waited for when many wait for it.</param>
    private void Save(Effect.Write write, long size)
    {
        _unsaved += size;
        _store.Write(write);
        if (_unsaved < UnsavedMax)
        {
            return;
        }

        _unsaved = 0;
        lock (_lock)
        {
            while (_done < _asked && _failure is null)
            {
                Monitor.Wait(_lock);
            }
        }

        if (_failure is not null)
        {
            throw _failure;
        }
    }

    private void Tell(Action change)
    {
        lock (_lock)
        {
            change();
            Monitor.PulseAll(_lock);
        }
    }
}
