namespace RaftActors.Hosting.Backups;

/// <summary>The arguments of <c>AddRaftBackups</c>.</summary>
/// <param name="Groups">Null: those of the node.</param>
/// <param name="Limit">The age of the latest verified backup from which the health check is Degraded.</param>
internal sealed record BackupPlan(string Folder, TimeSpan Every, int Keep, IReadOnlyList<string>? Groups, TimeSpan Limit)
{
    /// <summary>A timer of .NET waits 49 days at most.</summary>
    public static readonly TimeSpan EveryMax = TimeSpan.FromDays(30);

    // A restore unpacks all files of a chain beside each other, and the loss of one loses those after it.
    private const int FilesMax = 24;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// Another node may have made the latest backup. The tenth lets a node whose turns come slightly early keep its own rhythm. A backup
    /// from the future is due, too: the clock was wrong then, and is wrong by more than a turn.
    /// </summary>
    public bool IsDue(PlannedBackup latest, DateTimeOffset now) => (now - latest.At).Duration() >= Every * 0.9;

    /// <summary>The next backup begins a new chain.</summary>
    public bool IsOver(BackupChain chain, DateTimeOffset now) =>
        chain.Files.Count >= FilesMax || (now - chain.Begun).Duration() >= Day - (Every / 2);
}

/// <summary>The backups of one group in the folder, as they were at the end of the latest turn.</summary>
/// <param name="Latest">The latest one whose chain was verified, or null without one.</param>
/// <param name="Problem">Why the turn failed, or which chain is damaged, as sentences. Empty: neither.</param>
internal sealed record GroupBackups(string Group, PlannedBackup? Latest, string Problem);
