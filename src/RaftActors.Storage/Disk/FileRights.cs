using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;

namespace RaftActors.Storage.Disk;

/// <summary>
/// Owner and mode of a file or folder on Unix. Owner and group are null if unknown, because .NET reports them only on Linux.
/// </summary>
/// <param name="LinkTarget">The target of a symbolic link, or null for others.</param>
internal readonly record struct FileRights(bool IsFolder, uint? Owner, uint? Group, UnixFileMode Mode, string? LinkTarget = null)
{
    public const uint Root = 0;

    private const ushort ModeBits = 0xfff;

    public bool IsSticky => Mode.HasFlag(UnixFileMode.StickyBit);

    /// <summary>Reads the rights of a path. A symbolic link is not followed.</summary>
    /// <returns>Null if the path does not exist.</returns>
    /// <exception cref="IOException">The system does not report the rights.</exception>
    public static FileRights? Read(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return Libc.Rights(path);
        }

        var file = new FileInfo(path);
        return file.LinkTarget is not null || file.Exists ? new(IsFolder: false, null, null, file.UnixFileMode, file.LinkTarget)
            : Directory.Exists(path) ? new(IsFolder: true, null, null, file.UnixFileMode)
            : null;
    }

    /// <summary>Reads the rights of a file, or of the file that a symbolic link leads to.</summary>
    /// <returns>Null if the file does not exist, or the system does not report its rights.</returns>
    [UnsupportedOSPlatform("windows")]
    public static FileRights? ReadTarget(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? new(IsFolder: false, null, null, File.GetUnixFileMode(path)) : null;
        }

        return Libc.Status(path, followsLink: true, out var status) == 0
            ? new(IsFolder: false, status.Owner, status.Group, (UnixFileMode)(status.Mode & ModeBits))
            : null;
    }

    /// <summary>Tells whether the owner is neither this user nor root.</summary>
    public bool BelongsToOtherThan(uint user) => Owner is { } owner && owner != user && owner != Root;

    /// <summary>
    /// Tells whether users other than this one and root can write. A group with the number of the user counts as the user's own: many
    /// systems give each user such a group, and with it folders that the group may write to.
    /// </summary>
    public bool IsWritableByOtherThan(uint user) =>
        Mode.HasFlag(UnixFileMode.OtherWrite) || (Mode.HasFlag(UnixFileMode.GroupWrite) && Group != user);

    /// <summary>Returns the rights for messages: "mode 2775, owner 0, group 2000".</summary>
    [SuppressMessage("Globalization", "CA1305", Justification = "An octal number has no culture.")]
    public override string ToString()
    {
        var mode = $"mode {Convert.ToString((int)Mode, toBase: 8).PadLeft(3, '0')}";
        return Owner is { } owner ? $"{mode}, owner {owner}, group {Group}" : mode;
    }
}
