using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace RaftActors.Cli;

/// <summary>Restricts all new files and folders of this process to its user: modes 0600 and 0700.</summary>
internal static partial class PrivateFiles
{
    private const uint GroupAndOthers = 0b111_111;

    /// <summary>Sets the umask of the process. Existing files keep their modes.</summary>
    public static void Enable()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(GroupAndOthers);
        }
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
