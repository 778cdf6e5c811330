namespace RaftActors.Examples;

/// <summary>Backups of a group, and a new group from them.</summary>
public static class Backups
{
    /// <summary>Writes the content of a running group into a file, and checks it.</summary>
    public static async Task<RaftBackup> TakeAsync(RaftClient client, string file)
    {
        var backup = await client.BackupAsync(file);
        return await RaftBackup.VerifyAsync(backup.Path);
    }

    /// <summary>Makes the store of each member of a new group. On several machines each one makes its own.</summary>
    public static async Task RestoreAsync(string file, IReadOnlyList<ProcessName> members, Func<ProcessName, string> directoryOf)
    {
        RaftRestore restore = new(Guid.NewGuid(), members);
        foreach (var member in members)
        {
            await restore.RunAsync([file], directoryOf(member), member);
        }
    }
}
