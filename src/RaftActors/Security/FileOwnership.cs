using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace RaftActors.Security;

/// <summary>Owner and mode of a file on Unix.</summary>
/// <param name="Owner">The number of the user. Null: unknown, because .NET does not report it and the system is not Linux.</param>
/// <param name="Group">The number of the group. Null: unknown.</param>
internal readonly partial record struct FileOwnership(uint? Owner, uint? Group, UnixFileMode Mode)
{
    public const uint Root = 0;

    private const string Library = "libc";
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint BasicStatus = 0x7ff; // STATX_BASIC_STATS
    private const ushort ModeBits = 0xfff;

    /// <summary>Reads the owner and mode of a file. Symbolic links are followed.</summary>
    /// <returns>Null: the system does not tell, or the file is missing.</returns>
    [UnsupportedOSPlatform("windows")]
    public static FileOwnership? Read(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            // Unlike stat, statx has one layout on all processors.
            var status = default(FileStatus);
            return Status(CurrentFolder, path, 0, BasicStatus, ref status) == 0
                ? new FileOwnership(status.Owner, status.Group, (UnixFileMode)(status.Mode & ModeBits))
                : null;
        }

        return File.Exists(path) ? new FileOwnership(null, null, File.GetUnixFileMode(path)) : null;
    }

    /// <summary>The number of the user whose rights this process has.</summary>
    [UnsupportedOSPlatform("windows")]
    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint User();

    /// <summary>For messages: "mode 640, owner 0, group 2000".</summary>
    [SuppressMessage("Globalization", "CA1305", Justification = "An octal number has no culture.")]
    public override string ToString()
    {
        var mode = $"mode {Convert.ToString((int)Mode, toBase: 8).PadLeft(3, '0')}";
        return Owner is { } owner ? $"{mode}, owner {owner}, group {Group}" : mode;
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport(Library, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, ref FileStatus status);

    // struct statx.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
