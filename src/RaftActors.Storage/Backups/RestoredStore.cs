using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Backups;

/// <summary>Makes the store of one member of a restored group. Blocks for the disk.</summary>
internal static class RestoredStore
{
    private const int PieceSize = 1 << 20;

    /// <param name="options">The directory, which may have stores of other groups.</param>
    /// <param name="member">One of the members of the plan.</param>
    /// <param name="planOf">Makes the plan, given the content of the backups.</param>
    /// <param name="paths">A full backup, and the incremental ones that continue it, in order.</param>
    /// <param name="now">By the clock of this machine.</param>
    /// <param name="cancellationToken">Ends the call until all files are read. Then the store is written to its end.</param>
    /// <returns>The last entry that the store has.</returns>
    /// <exception cref="StoreException">
    /// A file is damaged, the files do not follow each other, the clock is behind them, the directory has a store of the member, or the
    /// disk has failed. All files are read before the disk is changed.
    /// </exception>
    public static LogPosition Write(
        StoreOptions options,
        ProcessName member,
        Func<RestoredContent, RestorePlan> planOf,
        IReadOnlyList<string> paths,
        DateTimeOffset now,
        CancellationToken cancellationToken = default)
    {
        List<BackupFile> backups = [];
        try
        {
            foreach (var path in paths)
            {
                backups.Add(new BackupFile(path, cancellationToken));
                DemandNext(backups.Count > 1 ? backups[^2] : null, backups[^1], now);
            }

            var recorded = backups.Select(backup => backup.Configuration?.MaxQuorum).LastOrDefault(maximum => maximum is not null);
            var last = backups[^1];
            var plan = planOf(new RestoredContent(last.Owner.Group, recorded ?? QuorumSize.Max, last.Uid, last.End));
            if (!plan.Configuration.HasName(member))
            {
                throw new StoreException($"{member} is not among the members of the restored group. Name it too.");
            }

            using var taken = DirectoryLock.Take(options.Directory, options.AllowSharedDirectory);
            Write(
                StoreDirectory.Open(options, new FileDisk(options.Directory), plan.IdentitiesOf(member)),
                member, plan, backups);
            return last.End;
        }
        finally
        {
            backups.ForEach(backup => backup.Dispose());
        }
    }

    /// <param name="directory">Opened with the identities of the member and without a thread. This call closes it.</param>
    internal static void Write(
        StoreDirectory directory, ProcessName member, RestorePlan plan, IReadOnlyList<BackupFile> backups)
    {
        using FencedStore store = new(directory, new StoreOwner(plan.Group, member));
        foreach (var backup in backups)
        {
            using var file = backup.OpenSnapshot();
            if (file is { Snapshot: var snapshot })
            {
                var restored = snapshot with { Configuration = plan.Configuration.InPlaceOf(snapshot.Configuration) };
                for (long offset = 0; offset == 0 || offset < snapshot.Length; offset += PieceSize)
                {
                    store.Add(restored, offset, file.TryRead(offset, PieceSize)!); // Justification: the file is open.
                }
            }

            foreach (var entries in backup.Pages())
            {
                store.Add(plan.Configuration.In(entries));
            }
        }

        store.End(InitialState.Empty.HardState with
        {
            Term = backups[^1].End.Term,
            Group = plan.Configuration.Group,
            IsAdmitted = true,
        });
    }

    private static void DemandNext(BackupFile? before, BackupFile backup, DateTimeOffset now)
    {
        if (backup.At > now)
        {
            throw new StoreException($"{backup.Path} was begun at {backup.At:u}, and the clock of this machine says {now:u}. The restored "
                + "group would give fencing tokens and versions again that were given before. Correct the clock, and restore again.");
        }

        if (before is null && backup.IsIncremental)
        {
            throw new StoreException($"{backup.Path} continues another backup. Name the full backup first, then those that continue it.");
        }

        if (before is not null && (backup.IsIncremental, backup.Start, backup.Uid) != (true, before.End, before.Uid))
        {
            throw new StoreException($"{backup.Path} begins after {backup.Start} of group {backup.Uid}, and the backup before it ends at "
                + $"{before.End} of group {before.Uid}. Name the backups of one group, each with the one that it continues before it.");
        }
    }
}
