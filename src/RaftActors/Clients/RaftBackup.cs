using RaftActors.Core;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Storage.Backups;

namespace RaftActors;

/// <summary>
/// A file with the content of a group up to a serial. <see cref="RaftClient.BackupAsync"/> writes it, <see cref="VerifyAsync"/> checks it,
/// and <see cref="RestoreAsync"/> makes the stores of a new group from it.
/// </summary>
public sealed record RaftBackup
{
    internal const string Thread = "raft-backup";

    internal RaftBackup(string path, VerifiedBackup backup)
    {
        var (head, end, size, _) = backup;
        (Path, Group, Process, At, IsIncremental) = (path, head.Group, head.Process, head.At, head.IsIncremental);
        (After, Serial, SizeBytes) = (head.IsIncremental ? head.After.Serial : Serial.Zero, end.Serial, size);
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>The name of the group.</summary>
    public string Group { get; }

    /// <summary>The process that the content came from.</summary>
    public ProcessName Process { get; }

    /// <summary>The time at which the backup began, by the clock of the program that wrote it.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The file continues another backup, which must be restored with it.</summary>
    public bool IsIncremental { get; }

    /// <summary>The pairs after this serial are in the file: 0, or the last serial of the backup that it continues.</summary>
    public Serial After { get; }

    /// <summary>The last serial in the file.</summary>
    public Serial Serial { get; }

    /// <summary>The bytes of the file.</summary>
    public long SizeBytes { get; }

    /// <summary>Reads a whole backup and checks it, on a thread of its own.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="StoreException">The file cannot be read, is no backup, or is damaged.</exception>
    public static Task<RaftBackup> VerifyAsync(string path) => Machine.Current.RunBlocking(Thread, () => Verify(path));

    /// <summary>
    /// Makes the store of one member of a new group with the content of backups. Call it for each member, with the same id and members,
    /// and start the members then. The new group has another identity than that of the backup, so the two refuse each other's messages.
    /// Sessions and request keys are kept, so a repeat of a call from before the backup is recognised. The files are read and the store is
    /// written on a thread of its own.
    /// </summary>
    /// <param name="paths">A full backup, then the incremental ones that continue it.</param>
    /// <param name="directory">The <c>raft.store.directory</c> of the member. It may have stores of other groups.</param>
    /// <param name="process">The member.</param>
    /// <param name="members">All members of the new group. The first ones vote: an odd number, at most eleven.</param>
    /// <param name="id">Any id that no other restore has.</param>
    /// <param name="group">The name of the new group. Null: that of the backup.</param>
    /// <param name="allowSharedDirectory">True: accepts a directory that other users can change.</param>
    /// <param name="maxQuorum">The most voters of the new group, odd and from 3 to 11. Null: as recorded in the backup.</param>
    /// <returns>The last serial that the group has.</returns>
    /// <exception cref="StoreException">
    /// A file is damaged, the files do not follow each other, the clock of this machine is behind them, the directory has a store of the
    /// member already, or the disk has failed. The directory is unchanged, unless the disk has failed: then the member's store is fenced.
    /// </exception>
    public static Task<Serial> RestoreAsync(
        IReadOnlyList<string> paths,
        string directory,
        ProcessName process,
        IReadOnlyList<ProcessName> members,
        Guid id,
        string? group = null,
        bool allowSharedDirectory = false,
        int? maxQuorum = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        StoreOptions options = new() { Directory = directory, AllowSharedDirectory = allowSharedDirectory };
        RestorePlan PlanOf(string named, int recorded) => new(id, group ?? named, members, maxQuorum ?? recorded);
        var now = Machine.Current.Time.GetUtcNow();
        return Machine.Current.RunBlocking(Thread, () => RestoredStore.Write(options, process, PlanOf, paths, now).Serial);
    }

    internal static RaftBackup Verify(string path) => new(path, BackupReader.Verify(path));
}

/// <summary>How a backup is taken. See <see cref="RaftClient.BackupAsync"/>.</summary>
public sealed record RaftBackupOptions
{
    /// <summary>The process whose store is read. Null: a follower that answers, or the leader if there is none.</summary>
    public ProcessName? Process { get; init; }

    /// <summary>
    /// The path of an earlier backup of the group, which the new one continues: it has only the pairs since. Null: the new one has
    /// everything.
    /// </summary>
    public string? Continues { get; init; }

    /// <summary>The time until an answer to each part. Null: <c>raft.query-timeout</c>, 5 s by default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Gets the bytes written so far, and those of the snapshot, if there is one. Called by any thread.</summary>
    public IProgress<(long Written, long Snapshot)>? Progress { get; init; }
}
