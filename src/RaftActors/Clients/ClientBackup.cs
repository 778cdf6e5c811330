using RaftActors.Core;
using RaftActors.Settings;
using RaftActors.Storage.Backups;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// Takes a backup of one process: its latest snapshot, and the committed entries after it. The entries come first to an end that includes
/// all that was committed when the call began. If the process replaces the snapshot or compacts the log meanwhile, or is exchanged for one
/// of a restored group with the same name, the backup begins anew.
/// </summary>
/// <param name="ask">Asks the process, and throws if it does not answer.</param>
internal sealed class ClientBackup(string group, ProcessName process, RaftBackupOptions options, ClientBackup.Ask ask)
{
    private const int AttemptsMax = 5;

    /// <exception cref="RaftUnavailableException">The process did not answer in time.</exception>
    public delegate Task<ClientReply> Ask(ClientCall call);

    /// <param name="path">The file.</param>
    /// <param name="least">The serial that the backup must reach.</param>
    public async Task<RaftBackup> TakeAsync(string path, Serial least)
    {
        var before = options.Continues is { } continues
            ? await Machine.Current.RunBlocking(RaftBackup.Thread, () => BackupReader.Verify(continues)).ConfigureAwait(false)
            : default;
        for (var attempt = 1; ; attempt++)
        {
            using BackupWriter writer = new(path);
            if (await WhyNotAsync(writer, options.Continues is null ? null : (before.Head.Uid, before.End), least).ConfigureAwait(false) is
                not { } why)
            {
                // The file is read again, and not summed up while it is written: the answer says that this file can be restored.
                return await Machine.Current.RunBlocking(RaftBackup.Thread, () =>
                {
                    writer.Complete();
                    return RaftBackup.Verify(path);
                }).ConfigureAwait(false);
            }

            if (attempt == AttemptsMax || options.Continues is not null)
            {
                throw new RaftUnavailableException(options.Continues is null
                    ? $"{process} has replaced its snapshot {AttemptsMax} times while it was copied. {why} Take the backup from another "
                        + "process, or raise raft.snapshot.after-entries."
                    : $"{process} cannot continue the backup {options.Continues}. {why} Take a full backup.");
            }
        }
    }

    // Null: the backup is whole.
    private async Task<string?> WhyNotAsync(BackupWriter writer, (GroupUid Uid, LogPosition End)? before, Serial least)
    {
        var begun = await DemandAsync<ClientReply.BackupBegun>(new ClientCall.BackupBegin(LogIndex.Zero)).ConfigureAwait(false);
        if (before is var (uid, _) && uid != begun.Uid)
        {
            return $"It is of group {uid}, and this one is {begun.Uid}.";
        }

        var after = before?.End ?? begun.Snapshot;
        writer.Begin(new BackupRecord.Head(
            group,
            begun.Uid,
            process,
            Machine.Current.Time.GetUtcNow(),
            before is not null,
            after,
            before is null ? begun.DescriptionLength : 0,
            before is null ? begun.StateLength : 0));
        if (before is null && await WhyNoImageAsync(writer, begun).ConfigureAwait(false) is { } lost)
        {
            return lost;
        }

        if (before is not null && after != begun.Snapshot && after.Index > LogIndex.Zero)
        {
            if (after.Index > begun.End)
            {
                // Another process gave the backup that this one continues, and this process lags behind it.
                var end = new LogIndex(after.Index.Value - 1);
                begun = await DemandAsync<ClientReply.BackupBegun>(new ClientCall.BackupBegin(end)).ConfigureAwait(false);
            }

            if (await WhyDivergesAsync(after).ConfigureAwait(false) is { } diverges)
            {
                return diverges;
            }
        }

        return await WhyNoLogAsync(writer, begun.End, least).ConfigureAwait(false)
            ?? await WhyOtherAsync(begun.Uid).ConfigureAwait(false);
    }

    // Only this answer has the identity of the group. A process that was exchanged never comes back, so asking at the end is enough.
    private async Task<string?> WhyOtherAsync(GroupUid uid)
    {
        var now = await DemandAsync<ClientReply.BackupBegun>(new ClientCall.BackupBegin(LogIndex.Zero)).ConfigureAwait(false);
        return now.Uid == uid ? null : $"It was of group {uid}, and is of {now.Uid} now.";
    }

    private async Task<string?> WhyNoImageAsync(BackupWriter writer, ClientReply.BackupBegun begun)
    {
        while (writer.ImageLeft > 0)
        {
            var (offset, description) = (writer.Image, begun.DescriptionLength);
            var reply = await ask(offset < description
                ? new ClientCall.BackupDescription(begun.Snapshot, offset)
                : new ClientCall.BackupState(begun.Snapshot, offset - description)).ConfigureAwait(false);
            if (reply is not ClientReply.BackupBytes { Bytes: { IsEmpty: false } bytes })
            {
                return WhyOf(reply);
            }

            writer.Add(bytes);
            options.Progress?.Report((writer.Length, begun.StateLength));
        }

        return null;
    }

    // The process must have the last entry of the backup that this one continues.
    private async Task<string?> WhyDivergesAsync(LogPosition end)
    {
        var reply = await ask(new ClientCall.BackupLog(end.Index, end.Index)).ConfigureAwait(false);
        return reply is not ClientReply.BackupEntries { Entries: [var last] } ? WhyOf(reply)
            : last.Term == end.Term && last.Serial == end.Serial ? null
            : $"It ends at {end}, where the process has {last.Index}/{last.Term} s{last.Serial}.";
    }

    private async Task<string?> WhyNoLogAsync(BackupWriter writer, LogIndex end, Serial least)
    {
        while (true)
        {
            while (writer.Position.Index < end)
            {
                var (first, last) = (writer.Position.Index.Next, end);
                if (await ask(new ClientCall.BackupLog(first, last)).ConfigureAwait(false) is not ClientReply.BackupEntries reply)
                {
                    return "The log was compacted meanwhile.";
                }

                writer.Add(reply.Entries);
                options.Progress?.Report((writer.Length, 0));
            }

            if (writer.Position.Serial >= least)
            {
                return null;
            }

            // The process lags behind what was committed when the call began.
            var reached = writer.Position.Index;
            end = (await DemandAsync<ClientReply.BackupBegun>(new ClientCall.BackupBegin(reached)).ConfigureAwait(false)).End;
        }
    }

    private async Task<TReply> DemandAsync<TReply>(ClientCall call)
        where TReply : ClientReply =>
        await ask(call).ConfigureAwait(false) as TReply
            ?? throw new RaftUnavailableException(
                $"{process} answered a question of a backup with another reply. Use the same version for the client and the group.");

    private static string WhyOf(ClientReply reply) =>
        reply is ClientReply.BackupLost lost ? lost.Why : $"It answered with {reply.GetType().Name}.";
}
