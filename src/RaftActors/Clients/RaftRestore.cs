using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Storage.Backups;

namespace RaftActors;

/// <summary>
/// A new group with the content of backups. Call <see cref="RunAsync"/> for each member, on its machine, with the same id, members, maximum
/// and backups, and start the members then. A member that was made with another one of these is refused by the others, because it is of
/// another group. So is each process of the group of the backup. Sessions and request keys are kept, so a repeat of a call from before the
/// backup is recognised.
/// </summary>
/// <param name="id">Any id that no other restore has.</param>
/// <param name="members">All members of the new group. The first ones vote: an odd number, at most <see cref="MaxQuorum"/>.</param>
public sealed class RaftRestore(Guid id, IReadOnlyList<ProcessName> members)
{
    /// <summary>The name of the new group. Null: that of the backup.</summary>
    public string? Group { get; init; }

    /// <summary>The most voters of the new group, odd and from 3 to 11. Null: as recorded in the backup.</summary>
    public int? MaxQuorum { get; init; }

    /// <summary>True: accepts a directory that other users can change.</summary>
    public bool AllowSharedDirectory { get; init; }

    /// <summary>Makes the store of one member, on a thread of its own.</summary>
    /// <param name="backups">The paths of a full backup, then of the incremental ones that continue it.</param>
    /// <param name="directory">The <c>raft.store.directory</c> of the member. It may have stores of other groups.</param>
    /// <param name="process">The member.</param>
    /// <param name="cancellationToken">
    /// Ends the call while the backups are checked. Once the store is begun, it is written to its end.
    /// </param>
    /// <returns>The last serial that the group has.</returns>
    /// <exception cref="StoreException">
    /// A file is damaged, the files do not follow each other, the clock of this machine is behind them, the directory has a store of the
    /// member already, or the disk has failed. The directory is unchanged, unless the disk has failed: then the member's store is fenced.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The directory is unchanged.</exception>
    public Task<Serial> RunAsync(
        IReadOnlyList<string> backups, string directory, ProcessName process, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backups);
        ArgumentOutOfRangeException.ThrowIfZero(backups.Count, nameof(backups));
        StoreOptions options = new() { Directory = directory, AllowSharedDirectory = AllowSharedDirectory };
        RestorePlan PlanOf(RestoredContent content) =>
            new(id, content with { Group = Group ?? content.Group, MaxQuorum = MaxQuorum ?? content.MaxQuorum }, members);
        var now = Machine.Current.Time.GetUtcNow();
        return Machine.Current.RunBlocking(
            RaftBackup.Thread, () => RestoredStore.Write(options, process, PlanOf, backups, now, cancellationToken).Serial);
    }
}
