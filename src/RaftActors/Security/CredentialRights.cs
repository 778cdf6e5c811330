using RaftActors.Storage.Disk;

namespace RaftActors.Security;

/// <summary>
/// Refuses the files of raft.security that other users of the machine could change, and private keys that they could read. OpenSSH and
/// PostgreSQL apply the same rules to their keys.
/// <list type="bullet">
/// <item>A file belongs to this user or to root. Any other owner could read and change it.</item>
/// <item>A file with a key that belongs to this user has no rights for the group and others: mode 0600 or 0400.</item>
/// <item>A file of root may be readable by its group. Kubernetes mounts secrets so for a pod with fsGroup (0440), and distributions give
/// keys to groups such as ssl-cert (0640). Root has chosen that group.</item>
/// <item>A file of root that all users may read gets only a warning. Kubernetes (0644) and Docker (0444) mount secrets so by default, in
/// containers that have one user. A node must not fail to start there.</item>
/// </list>
/// The folders above are not checked: Kubernetes mounts a secret in a folder of mode 1777 that is read-only. Symbolic links are followed.
/// Windows has no modes. Elsewhere than on Linux .NET does not report the owner, so each file counts as this user's own.
/// </summary>
internal static class CredentialRights
{
    private const UnixFileMode OthersBits =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Returns why a file must not be used, with the remedy, or null if it may be used or is missing.</summary>
    public static string? ObjectionTo(string path, bool hasKey) =>
        !OperatingSystem.IsWindows() && FileRights.ReadTarget(path) is { } file
            ? ObjectionTo(path, hasKey, file, Libc.User())
            : null;

    /// <summary>Returns the risk of a file with a private key that is used nevertheless, with the remedy, or null.</summary>
    public static string? ConcernAbout(string path) =>
        !OperatingSystem.IsWindows() && FileRights.ReadTarget(path) is { } file ? ConcernAbout(path, file) : null;

    public static string? ObjectionTo(string path, bool hasKey, FileRights file, uint user)
    {
        if (file.BelongsToOtherThan(user))
        {
            return $"{path} belongs to user {file.Owner}, and this program runs as user {user}. So user {file.Owner} can change it. Run "
                + $"'chown {user} {path}', or run the program as user {file.Owner}.";
        }

        if (file.IsWritableByOtherThan(user))
        {
            return $"other users can change {path} ({file}), and so who is let in. Run 'chmod {(hasKey ? "600" : "go-w")} {path}'.";
        }

        return hasKey && file.Owner != FileRights.Root && (file.Mode & OthersBits) != 0
            ? $"{path} has a private key, and other users may read it ({file}). Run 'chmod 600 {path}'."
            : null;
    }

    public static string? ConcernAbout(string path, FileRights file) =>
        file.Owner == FileRights.Root && file.Mode.HasFlag(UnixFileMode.OtherRead)
            ? $"{path} has a private key, and all users of this machine may read it ({file}). Run 'chmod 640 {path}', or set defaultMode: "
                + "0440 for the volume of a Kubernetes secret."
            : null;
}
