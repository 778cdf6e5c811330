using System.Runtime.InteropServices;

namespace RaftActors.Storage.Disk;

/// <summary>Makes exceptions that tell an operator the cause of a disk failure, and the remedy.</summary>
internal static class DiskFailure
{
    // The codes of Windows: .NET keeps them in the lower half of HResult.
    private const int WindowsFailure = unchecked((int)0x80070000);
    private const int AccessDenied = 5;
    private const int HandleDiskFull = 39;
    private const int DiskFull = 112;
    private const int DiskQuotaExceeded = 1295;

    /// <param name="path">The subject of the message.</param>
    /// <param name="doing">The rest of the sentence: "cannot be opened".</param>
    /// <param name="error">The error number of Unix, or the error code of Windows.</param>
    internal static IOException OfSystem(string path, string doing, int error) =>
        OperatingSystem.IsWindows() ? OfWindows(path, doing, error) : Of(path, doing, error);

    /// <inheritdoc cref="OfSystem"/>
    internal static IOException OfWindows(string path, string doing, int error)
    {
        var text = Marshal.GetPInvokeErrorMessage(error);
        return Of(path, doing, error == AccessDenied
            ? new UnauthorizedAccessException(text)
            : new IOException(text, WindowsFailure | error));
    }

    /// <inheritdoc cref="OfSystem"/>
    internal static IOException Of(string path, string doing, int error, Exception? cause = null)
    {
        var message = $"{path} {doing}: {NameOf(error)}, {Marshal.GetPInvokeErrorMessage(error)}. {Remedy(error)}";
        return IsFull(error) ? new DiskFullException(message, cause) : new IOException(message, cause);
    }

    /// <summary>Translates an exception of .NET. A full disk becomes a <see cref="DiskFullException"/>.</summary>
    public static IOException Of(string path, string doing, Exception cause)
    {
        // On Unix, .NET puts the system's error number into HResult, except for missing rights.
        var error = cause.HResult;
        return cause switch
        {
            DiskFullException full => full,
            UnauthorizedAccessException => new IOException($"{path} {doing}: {cause.Message} {MissingRights}", cause),
            _ when IsFullOnWindows(error) => new DiskFullException($"{path} {doing}: {cause.Message} {NoRoom}", cause),
            _ when error is > 0 and < 200 => Of(path, doing, error, cause),
            _ => new IOException($"{path} {doing}: {cause.Message}", cause),
        };
    }

    /// <summary>
    /// Makes a failed sync final. Thin volumes, quotas and network file systems may report a full disk only at a sync. The written bytes
    /// may then be lost, and the next sync would report success.
    /// </summary>
    internal static IOException OfSync(IOException failure) =>
        failure is DiskFullException ? new IOException(failure.Message, failure) : failure;

    private const string NoRoom = "Make room on this disk, or move the directory to a larger one, and start again.";
    private const string MissingRights = "Give the directory to the user that runs this program, or name another directory.";

    private static bool IsFullOnWindows(int error) =>
        error is (WindowsFailure | DiskFull) or (WindowsFailure | HandleDiskFull) or (WindowsFailure | DiskQuotaExceeded);

    private static bool IsFull(int error) => NameOf(error) is "ENOSPC" or "EDQUOT";

    private static string Remedy(int error) => NameOf(error) switch
    {
        "EIO" => "The disk, or the connection to it, is failing. See the system log, and replace the disk.",
        "ENOSPC" => NoRoom,
        "EDQUOT" => "The quota of this user is used up. Raise it, or make room, and start again.",
        "EROFS" => "The file system is mounted read-only, often after a disk error. See the system log.",
        "EACCES" or "EPERM" => MissingRights,
        "EMFILE" or "ENFILE" => "Too many files are open. Raise the limit (ulimit -n).",
        "EFBIG" => "The file is larger than the file system or a limit (ulimit -f) allows.",
        "ENOENT" => "Another program removed the file or its folder. Put it back, and start again.",
        "EINVAL" or "ENOTSUP" => "This file system lacks an operation that a durable log needs. Put the directory on a local disk.",
        _ => "See the system log, and start again.",
    };

    // Linux and macOS share the numbers up to 34.
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
