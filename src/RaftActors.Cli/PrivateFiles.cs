using System.Runtime.InteropServices;

namespace RaftActors.Cli;

/// <summary>Has the system create all files and folders of this program for its user alone: 0600 and 0700.</summary>
internal static partial class PrivateFiles
{
    private const uint GroupAndOthers = 0b111_111;

    /// <summary>For the whole program, from now on. Existing files stay as they are.</summary>
    public static void Demand()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(GroupAndOthers);
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
