using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Storage.Backups;

namespace RaftActors;

/// <summary>
/// A file with the content of a group up to a serial. <see cref="RaftClient.BackupAsync"/> writes it, <see cref="Verify"/> checks it, and
/// <see cref="Restore"/> makes the stores of a new group from it.
/// </summary>
public sealed record RaftBackup
{
    internal RaftBackup(string path, BackupRecord.Head head, LogPosition end, long size)
    {
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

    /// <summary>Reads a whole backup and checks it. Blocks for the disk.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="StoreException">The file cannot be read, is no backup, or is damaged.</exception>
    public static RaftBackup Verify(string path)
    {
        var (head, end, size) = BackupReader.Verify(path);
        return new RaftBackup(path, head, end, size);
    }

    /// <summary>
    /// Makes the store of one member of a new group with the content of backups. Call it for each member, with the same id and members,
    /// and start the members then. The new group has another identity than that of the backup, so the two refuse each other's messages.
    /// Sessions and request keys are kept, so a repeat of a call from before the backup is recognised. Blocks for the disk.
    /// </summary>
    /// <param name="paths">A full backup, then the incremental ones that continue it.</param>
    /// <param name="directory">The <c>raft.store.directory</c> of the member. It may have stores of other groups.</param>
    /// <param name="process">The member.</param>
    /// <param name="members">All members of the new group. The first ones vote: an odd number, at most eleven.</param>
    /// <param name="id">Any id that no other restore has.</param>
    /// <param name="group">The name of the new group. Null: that of the backup.</param>
    /// <param name="allowSharedDirectory">True: accepts a directory that other users can change.</param>
    /// <returns>The last serial that the group has.</returns>
    /// <exception cref="StoreException">
    /// A file is damaged, the files do not follow each other, the directory has a store of the member already, or the disk has failed. The
    /// directory is unchanged, unless the disk has failed: then the member's store is fenced.
    /// </exception>
    public static Serial Restore(
        IReadOnlyList<string> paths,
        string directory,
        ProcessName process,
        IReadOnlyList<ProcessName> members,
        Guid id,
        string? group = null,
        bool allowSharedDirectory = false)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        var name = group ?? GroupOf(paths[0]);
        StoreOptions options = new() { Directory = directory, AllowSharedDirectory = allowSharedDirectory };
        return RestoredStore.Write(options, process, new RestorePlan(id, name, members), paths).Serial;
    }

    // The head alone: the whole file is checked with the others.
    private static string GroupOf(string path)
    {
        using BackupReader reader = new(path);
        return reader.Head.Group;
    }
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
