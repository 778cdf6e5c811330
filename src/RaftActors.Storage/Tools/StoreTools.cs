using RaftActors.Storage.Disk;
using RaftActors.Storage.Tools;

namespace RaftActors.Storage;

/// <summary>
/// Reads and mends the store directory of a stopped node, as the commands of the program <c>raft</c> do. Each call locks the directory
/// against processes and other tools. The calls block. They can be made from any thread.
/// </summary>
/// <remarks>
/// Each call throws a <see cref="StoreException"/> if the directory has no log, is in use, has another version, or cannot be read or
/// written. A call that changes something also does if other users can change the directory and <c>allowSharedDirectory</c> is false. The
/// message has the cause and the remedy.
/// </remarks>
public static class StoreTools
{
    /// <summary>
    /// Lists the contents in the order of writing, damaged ones too, then the snapshots. Changes nothing. The directory is locked until the
    /// enumeration ends.
    /// </summary>
    public static IEnumerable<StoreItem> Dump(string directory) => LogDump.Read(directory);

    /// <summary>Reads every byte, and checks it. Changes nothing.</summary>
    /// <param name="progress">Told what is being read, such as "segment 3 of 7".</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static StoreReport Verify(
        string directory, IProgress<string>? progress = null, CancellationToken cancellationToken = default) =>
        LogVerify.Check(directory, progress is null ? null : progress.Report, cancellationToken).ToReport();

    /// <summary>
    /// Moves damaged stores aside, so that their processes start empty and rejoin. The other stores of the log stay. Deletes nothing. After
    /// a crash it can be repeated.
    /// </summary>
    /// <param name="confirm">
    /// Called with the damage before the change, while the directory is locked. If it returns false, nothing is changed. Not called
    /// without damage. Default: the change is made.
    /// </param>
    /// <param name="allowSharedDirectory">Accepts a directory that other users can change.</param>
    /// <param name="progress">Told what is being read.</param>
    /// <returns>The damage that was found, or null if <paramref name="confirm"/> returned false.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the change.</exception>
    public static StoreReport? Repair(
        string directory,
        Func<StoreReport, bool>? confirm = null,
        bool allowSharedDirectory = false,
        IProgress<string>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var repair = LogRepair.Open(
            directory, allowSharedDirectory, progress is null ? null : progress.Report, cancellationToken);
        var report = repair.Report.ToReport();
        return repair.Report.IsWhole ? report
            : confirm?.Invoke(report) == false ? null
            : report with { KeptFolder = repair.Apply() };
    }

    /// <summary>
    /// Takes the store of one process out of the directory, with its log, its vote and its snapshots. The process starts empty and rejoins,
    /// so a majority of the group must run without it. There is no way back. A crash leaves the whole store or none.
    /// </summary>
    /// <param name="process">Default: the only one of the group in this directory.</param>
    /// <param name="confirm">As for <see cref="Repair"/>.</param>
    /// <param name="allowSharedDirectory">Accepts a directory that other users can change.</param>
    /// <returns>The store, or null if <paramref name="confirm"/> returned false.</returns>
    public static StoreReport? Forget(
        string directory,
        string group,
        ProcessName? process = null,
        Func<StoreReport, bool>? confirm = null,
        bool allowSharedDirectory = false)
    {
        using var forget = LogForget.Open(directory, group, process, allowSharedDirectory);
        var report = new StoreReport { Stores = [StoreItem.OfStore(forget.Owner) with { Index = forget.Last.Value }] };
        if (confirm?.Invoke(report) == false)
        {
            return null;
        }

        forget.Apply();
        return report;
    }

    /// <summary>
    /// Lets the survivors of a group continue without a majority, which is lost for ever with its disks. Acknowledged entries that only
    /// the lost logs had are gone. Call it on each survivor with the same names. Never call it because a network is cut.
    /// </summary>
    /// <param name="process">The survivor whose store is in this directory.</param>
    /// <param name="survivors">The names of all survivors, this process included.</param>
    /// <param name="confirm">As for <see cref="Repair"/>.</param>
    /// <param name="allowSharedDirectory">Accepts a directory that other users can change.</param>
    /// <returns>The new state of the store, or null if <paramref name="confirm"/> returned false.</returns>
    /// <exception cref="StoreException">Also: the recovery is unsafe or impossible.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the change.</exception>
    public static StoreReport? Recover(
        string directory,
        string group,
        ProcessName process,
        IReadOnlyCollection<ProcessName> survivors,
        Func<StoreReport, bool>? confirm = null,
        bool allowSharedDirectory = false,
        CancellationToken cancellationToken = default)
    {
        using var recovery = LostQuorumStore.Open(
            directory, new StoreOwner(group, process), survivors, allowSharedDirectory, cancellationToken);
        return Recovered(recovery, [], confirm);
    }

    /// <summary>
    /// Recovers every group of the directory that has lost its majority, as <see cref="Recover"/> does. Its survivors are its members on
    /// some nodes. A group with a majority on these nodes is <c>unchanged</c>, and one that cannot be recovered is <c>refused</c>.
    /// </summary>
    /// <param name="nodes">The names of all nodes that survive, this one included.</param>
    /// <param name="confirm">As for <see cref="Repair"/>. Not called if there is nothing to recover.</param>
    /// <param name="allowSharedDirectory">Accepts a directory that other users can change.</param>
    /// <returns>The new states of the stores, or null if <paramref name="confirm"/> returned false.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before the change.</exception>
    public static StoreReport? RecoverAll(
        string directory,
        IReadOnlyList<string> nodes,
        Func<StoreReport, bool>? confirm = null,
        bool allowSharedDirectory = false,
        CancellationToken cancellationToken = default)
    {
        using var recovery = LostQuorumStore.OpenAll(directory, nodes, allowSharedDirectory, cancellationToken);
        return Recovered(recovery, nodes, confirm);
    }

    /// <summary>Checks the rights of an existing or missing directory, as the start of a node does. Windows: checks nothing.</summary>
    /// <returns>Why users other than this one and root could change the directory, with the remedy, or null if they cannot.</returns>
    /// <exception cref="IOException">The rights cannot be read.</exception>
    public static string? ObjectionTo(string directory) => TrustedPath.ObjectionTo(directory);

    private static StoreReport? Recovered(LostQuorumStore recovery, IReadOnlyList<string> nodes, Func<StoreReport, bool>? confirm)
    {
        var report = recovery.ToReport(nodes);
        return !recovery.Plans.Any() ? report
            : confirm?.Invoke(report) == false ? null
            : report with { KeptFolder = recovery.Apply() };
    }
}
