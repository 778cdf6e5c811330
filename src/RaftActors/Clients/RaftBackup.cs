using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Storage.Backups;

namespace RaftActors;

/// <summary>
/// A file with the content of a group up to a serial. <see cref="RaftClient.BackupAsync"/> writes it, <see cref="VerifyAsync"/> checks it,
/// and <see cref="RaftRestore"/> makes the stores of a new group from it.
/// </summary>
public sealed record RaftBackup
{
    internal const string Thread = "raft-backup";

    internal RaftBackup(BackupFile backup)
    {
        (Path, Group, Process, At) = (backup.Path, backup.Owner.Group, backup.Owner.Name, backup.At);
        (After, Serial, SizeBytes) = (backup.IsIncremental ? backup.Start.Serial : null, backup.End.Serial, backup.Length);
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>The name of the group.</summary>
    public string Group { get; }

    /// <summary>The process that the content came from.</summary>
    public ProcessName Process { get; }

    /// <summary>The time at which the backup began, by the clock of the program that wrote it.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The last serial of the backup that this one continues, which must be restored with it. Null: it has all pairs.</summary>
    public Serial? After { get; }

    /// <summary>The last serial in the file.</summary>
    public Serial Serial { get; }

    /// <summary>The bytes of the file.</summary>
    public long SizeBytes { get; }

    /// <summary>Reads a whole backup and checks it, on a thread of its own.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StoreException">The file cannot be read, is no backup, or is damaged.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<RaftBackup> VerifyAsync(string path, CancellationToken cancellationToken = default) =>
        Machine.Current.RunBlocking(Thread, () =>
        {
            using BackupFile backup = new(path, cancellationToken);
            return new RaftBackup(backup);
        });
}
