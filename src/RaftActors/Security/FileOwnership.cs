using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;

using RaftActors.Storage.Disk;

namespace RaftActors.Security;

/// <summary>Owner and mode of a file on Unix.</summary>
/// <param name="Owner">The number of the user. Null: unknown, because .NET does not report it and the system is not Linux.</param>
/// <param name="Group">The number of the group. Null: unknown.</param>
internal readonly record struct FileOwnership(uint? Owner, uint? Group, UnixFileMode Mode)
{
    public const uint Root = 0;

    private const ushort ModeBits = 0xfff;

    /// <summary>Reads the owner and mode of a file. Symbolic links are followed.</summary>
    /// <returns>Null: the system does not tell, or the file is missing.</returns>
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
