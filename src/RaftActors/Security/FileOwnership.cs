using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;

using RaftActors.Storage.Disk;

namespace RaftActors.Security;

/// <summary>
/// Owner, group and mode of a file on Unix. Owner and group are null if unknown, because .NET reports them only on Linux.
/// </summary>
internal readonly record struct FileOwnership(uint? Owner, uint? Group, UnixFileMode Mode)
{
    public const uint Root = 0;

    private const ushort ModeBits = 0xfff;

    /// <summary>Reads the owner and mode of a file. Symbolic links are followed.</summary>
    /// <returns>Null if the system does not tell, or the file is missing.</returns>
    [UnsupportedOSPlatform("windows")]
    public static FileOwnership? Read(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return Libc.Status(path, followsLink: true, out var status) == 0
                ? new FileOwnership(status.Owner, status.Group, (UnixFileMode)(status.Mode & ModeBits))
                : null;
        }

        return File.Exists(path) ? new FileOwnership(null, null, File.GetUnixFileMode(path)) : null;
    }

    /// <summary>For messages: "mode 640, owner 0, group 2000".</summary>
    [SuppressMessage("Globalization", "CA1305", Justification = "An octal number has no culture.")]
    public override string ToString()
    {
        var mode = $"mode {Convert.ToString((int)Mode, toBase: 8).PadLeft(3, '0')}";
        return Owner is { } owner ? $"{mode}, owner {owner}, group {Group}" : mode;
    }
}
