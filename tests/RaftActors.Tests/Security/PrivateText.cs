namespace RaftActors.Tests.Security;

/// <summary>Writes files that only this user may read, as raft.security demands.</summary>
internal static class PrivateText
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, params string[] lines)
    {
        File.AppendAllText(path, "");
        Restrict(path);
        File.WriteAllLines(path, lines);
    }

    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Mode);
        }
    }
}
