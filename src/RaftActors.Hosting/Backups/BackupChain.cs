using RaftActors.Storage;

namespace RaftActors.Hosting.Backups;

/// <summary>A whole backup of a group, and those that continue it. A restore needs all of them, in this order.</summary>
/// <param name="files">At least one, in their order.</param>
internal sealed class BackupChain(IReadOnlyList<PlannedBackup> files)
{
    public IReadOnlyList<PlannedBackup> Files => files;

    public string Group => files[0].Group;

    public int Number => files[0].Chain;

    public DateTimeOffset Begun => files[0].At;

    public PlannedBackup Latest => files[^1];

    /// <summary>The chain begins with a whole backup, and no file after it is missing.</summary>
    public bool IsComplete => files.Select(file => file.Number).SequenceEqual(Enumerable.Range(0, files.Count));

    /// <summary>The chains in a folder, those of a group together, the oldest first.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static IEnumerable<BackupChain> In(string folder) => PlannedBackup.In(folder)
        .GroupBy(file => (file.Group, file.Chain))
        .Select(files => new BackupChain([.. files.OrderBy(file => file.Number).ThenBy(file => file.Path)]))
        .OrderBy(chain => chain.Group, StringComparer.Ordinal)
        .ThenBy(chain => chain.Number);

    /// <summary>Reads all files. Returns why the chain cannot be restored up to its latest file, or null if it can.</summary>
    /// <param name="verified">Files that need not be read. Each file that is found whole is added.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<string?> FindProblemAsync(ISet<PlannedBackup> verified, CancellationToken cancellationToken)
    {
        if (!IsComplete)
        {
            return $"The chain of backups that begins with {files[0].Path} lacks a file. Restore only the files before the gap.";
        }

        foreach (var (i, file) in files.Index())
        {
            try
            {
                if (!verified.Contains(file))
                {
                    var content = await RaftBackup.VerifyAsync(file.Path, cancellationToken).ConfigureAwait(false);
                    Serial? after = i == 0 ? null : files[i - 1].Serial;
                    if ((content.Group, content.After, content.Serial) != (file.Group, after, file.Serial))
                    {
                        return $"{file.Path} has another content than its name says. Restore only the files before it.";
                    }

                    verified.Add(file);
                }
            }
            catch (StoreException e)
            {
                return e.Message;
            }
        }

        return null;
    }
}
