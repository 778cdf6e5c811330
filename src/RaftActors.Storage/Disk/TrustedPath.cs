namespace RaftActors.Storage.Disk;

/// <summary>
/// Refuses a directory that users other than this one and root could change, because they could replace the files of a store. The folders
/// above it count too, because their writers could replace the directory. OpenSSH applies the same rule to its keys (StrictModes).
/// <list type="bullet">
/// <item>Linux: the mode and the owner count. Other Unix systems: only the mode. Windows: nothing is checked.</item>
/// <item>A folder above it may be writable if it has the sticky bit, like /tmp: others cannot rename what is not theirs.</item>
/// </list>
/// </summary>
/// <param name="user">The number of the user of this process.</param>
/// <param name="read">Returns the rights of a path, or null if it does not exist.</param>
internal sealed class TrustedPath(uint user, Func<string, FileRights?> read)
{
    // The kernel follows no more links than this.
    private const int LinksMax = 40;

    /// <summary>The remedy that ends each refusal.</summary>
    public const string Allow = "If all users with rights to it are trusted, as with a volume of one container, set "
        + "raft.store.allow-shared-directory = on (raft: --allow-shared-directory).";

    /// <summary>Checks an existing or missing directory.</summary>
    /// <exception cref="StoreException">Other users could change it.</exception>
    /// <exception cref="IOException">The rights cannot be read.</exception>
    public static void Check(string directory)
    {
        if (ObjectionTo(directory) is { } objection)
        {
            throw new StoreException($"Cannot use {directory} as a store: {objection} {Allow}");
        }
    }

    /// <summary>Checks an existing or missing directory.</summary>
    /// <returns>The first problem with its remedy, as sentences, or null.</returns>
    /// <exception cref="IOException">The rights cannot be read.</exception>
    public static string? ObjectionTo(string directory) => OperatingSystem.IsWindows()
        ? null
        : new TrustedPath(Libc.User(), FileRights.Read).Objection(Path.GetFullPath(directory));

    /// <summary>Follows a full path from the root folder, through symbolic links, and checks each folder on the way.</summary>
    /// <returns>The first problem with its remedy, as sentences, or null.</returns>
    public string? Objection(string path)
    {
        var names = new Stack<string>();
        Push(names, path);
        var current = "/";
        var links = 0;
        while (read(current) is { } folder)
        {
            if (Problem(current, folder, isAbove: names.Count > 0) is { } problem)
            {
                return problem;
            }

            if (!names.TryPop(out var name))
            {
                return null;
            }

            var next = name == ".." ? Path.GetDirectoryName(current) ?? "/" : Path.Join(current, name);
            switch (read(next))
            {
                case { LinkTarget: { } target } link when ++links <= LinksMax:
                    if (link.BelongsToOtherThan(user))
                    {
                        return BelongsToOther(next, link);
                    }

                    Push(names, target);
                    current = target.StartsWith('/') ? "/" : current;
                    break;
                case { IsFolder: true }:
                    current = next;
                    break;
                default:
                    // Missing folders will be created with the right mode. The system reports all other errors.
                    return null;
            }
        }

        return null;
    }

    private static void Push(Stack<string> names, string path)
    {
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").Reverse())
        {
            names.Push(name);
        }
    }

    private string? Problem(string path, FileRights folder, bool isAbove) =>
        folder.BelongsToOtherThan(user) ? BelongsToOther(path, folder)
        : folder.IsWritableByOtherThan(user) && !(isAbove && folder.IsSticky)
            ? $"other users can write to {path} ({folder}), so they could replace files below it. Run 'chmod go-w {path}', or name another "
                + "directory."
        : null;

    private string BelongsToOther(string path, FileRights rights) =>
        $"{path} belongs to user {rights.Owner}, and this program runs as user {user}. User {rights.Owner} could replace files below "
        + $"it. Run the program as user {rights.Owner}, run 'chown {user} {path}', or name another directory.";
}
