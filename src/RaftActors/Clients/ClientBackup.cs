using RaftActors.Core;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Storage.Backups;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// Takes a backup of one process, as a member that lags gets its log: the latest snapshot, and the committed entries after it. If the
/// process compacts what was to come, a later snapshot takes the place of everything so far. The entries come to an end that includes all
/// that was committed when the call began.
/// </summary>
/// <param name="ask">Asks the process, and throws if it does not answer.</param>
internal sealed class ClientBackup(
    StoreOwner process,
    string? continues,
    IProgress<(long Written, long? Snapshot)>? progress,
    Func<ClientCall.Backup, Task<ClientReply.BackupPart>> ask,
    CancellationToken cancellationToken)
{
    private const int MaxSnapshots = 5;

    /// <param name="path">The file.</param>
    /// <param name="least">The serial that the backup must reach.</param>
    /// <exception cref="RaftException">The process did not answer in time, or has no backup to give.</exception>
    public async Task<RaftBackup> TakeAsync(string path, Serial least)
    {
        var at = Machine.Current.Time.GetUtcNow();
        (GroupUid Uid, LogPosition End)? before = continues is null
            ? null
            : await Block(() =>
            {
                using BackupFile backup = new(continues, cancellationToken);
                return (backup.Uid, backup.End);
            }).ConfigureAwait(false);
        var writer = await Block(() => new BackupWriter(path, process, before?.End)).ConfigureAwait(false);
        try
        {
            var uid = await CopyAsync(writer, before?.Uid, least).ConfigureAwait(false);
            return await Block(() =>
            {
                writer.Complete(uid, at);

                // The file is read again, and not summed up while it is written: the answer says that this file can be restored.
                using BackupFile whole = new(path, cancellationToken);
                return new RaftBackup(whole);
            }).ConfigureAwait(false);
        }
        finally
        {
            await Block(() =>
            {
                writer.Dispose();
                return true;
            }).ConfigureAwait(false);
        }
    }

    /// <param name="known">The identity of the group in the backup that this one continues; null: it continues none.</param>
    private async Task<GroupUid> CopyAsync(BackupWriter writer, GroupUid? known, Serial least)
    {
        LogIndex? end = null;
        for (var (snapshots, uid) = (0, known); ;)
        {
            // The process may lag behind what was committed when the call began.
            var has = writer.Position;
            var lacks = has.Index >= end ? has.Index.Next : has.Index;
            var part = await ask(new ClientCall.Backup(has, writer.Snapshot?.Position ?? default, writer.Place, lacks))
                .ConfigureAwait(false);
            if (part.Uid != (uid ??= part.Uid))
            {
                throw Impossible($"It is of group {part.Uid}, and the backup of group {uid}.");
            }

            if (part.Snapshot is { Snapshot.Position: var position } && position != writer.Snapshot?.Position
                && (known is not null || ++snapshots > MaxSnapshots))
            {
                throw Impossible($"It has compacted the entries after {has}, and raft.snapshot.after-entries says how often it does.");
            }

            await Block(() => writer.Add(part.Snapshot, part.Entries)).ConfigureAwait(false);
            progress?.Report((writer.Length, writer.Snapshot?.Length));
            end = end is null || has.Index >= end ? part.End : end;
            if (writer.Position.Index >= end && writer.Position.Serial >= least)
            {
                return part.Uid;
            }
        }
    }

    private RaftException Impossible(string why) => RaftException.Unavailable(continues is null
        ? $"There is no backup of {process}. {why} Take it again, or from another process."
        : $"{process} cannot continue the backup {continues}. {why} Take a full backup.");

    private static Task<T> Block<T>(Func<T> run) => Machine.Current.RunBlocking(RaftBackup.Thread, run);
}
