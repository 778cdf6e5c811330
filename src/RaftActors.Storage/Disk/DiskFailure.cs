using System.Runtime.InteropServices;

namespace RaftActors.Storage.Disk;

/// <summary>What a failure of the disk means for people.</summary>
internal static class DiskFailure
{
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <param name="doing">What could not be done, as the rest of a sentence that begins with the path.</param>
    /// <param name="error">The number that the system gave.</param>
    public static IOException Of(string path, string doing, int error, Exception? cause = null)
    {
        var message = $"{path} {doing}: {NameOf(error)}, {Marshal.GetPInvokeErrorMessage(error)}. {Remedy(error)}";
        return IsFull(error) ? new DiskFullException(message, cause) : new IOException(message, cause);
    }

    /// <summary>The same for what the framework threw.</summary>
    public static IOException Of(string path, string doing, Exception cause)
    {
        // On Unix the framework keeps the system's number here, but not in an exception for missing rights.
        var error = cause.HResult;
        return cause switch
        {
            DiskFullException full => full,
            UnauthorizedAccessException => new IOException($"{path} {doing}: {cause.Message} {MissingRights}", cause),
            _ when error == WindowsDiskFull => new DiskFullException($"{path} {doing}: {cause.Message} {NoRoom}", cause),
            _ when error is > 0 and < 200 => Of(path, doing, error, cause),
            _ => new IOException($"{path} {doing}: {cause.Message}", cause),
        };
    }

    /// <summary>
    /// Of a sync. It is never a full disk that can be tried again, whatever the system says (thin volumes, quotas and network file systems
    /// find only then that there is no room): what was written may be gone, and the next sync would say that all is well.
    /// </summary>
    public static IOException OfSync(IOException failure) =>
        failure is DiskFullException ? new IOException(failure.Message, failure) : failure;

    private const string NoRoom = "Make room on this disk, or move the directory to a larger one, and start again.";
    private const string MissingRights = "Give the directory to the user that runs this program, or name another directory.";

    private static bool IsFull(int error) => NameOf(error) is "ENOSPC" or "EDQUOT";

    private static string Remedy(int error) => NameOf(error) switch
    {
        "EIO" => "The disk, or the way to it, is failing: look at the system's log, and replace the disk.",
        "ENOSPC" => NoRoom,
        "EDQUOT" => "The quota of this user is used up: raise it, or make room, and start again.",
        "EROFS" => "The file system is mounted read-only, often after an error of the disk: look at the system's log.",
        "EACCES" or "EPERM" => MissingRights,
        "EMFILE" or "ENFILE" => "Too many files are open: raise the limit (ulimit -n).",
        "EFBIG" => "The file is larger than the file system or a limit (ulimit -f) allows.",
        "ENOENT" => "Something was removed beneath a running program, or before it started.",
        "EINVAL" or "ENOTSUP" => "This file system cannot do what a durable log needs: put the directory on a local disk.",
        _ => "Look at the system's log, and start again.",
    };

    // The numbers up to 34 are the same on Linux and macOS.
    private static string NameOf(int error) => (error, OperatingSystem.IsLinux()) switch
    {
        (1, _) => "EPERM",
        (2, _) => "ENOENT",
        (5, _) => "EIO",
        (9, _) => "EBADF",
        (12, _) => "ENOMEM",
        (13, _) => "EACCES",
        (17, _) => "EEXIST",
        (19, _) => "ENODEV",
        (20, _) => "ENOTDIR",
        (21, _) => "EISDIR",
        (22, _) => "EINVAL",
        (23, _) => "ENFILE",
        (24, _) => "EMFILE",
        (27, _) => "EFBIG",
        (28, _) => "ENOSPC",
        (30, _) => "EROFS",
        (95, true) or (45, false) => "ENOTSUP",
        (116, true) or (70, false) => "ESTALE",
        (122, true) or (69, false) => "EDQUOT",
        _ => $"error {error}",
    };
}
