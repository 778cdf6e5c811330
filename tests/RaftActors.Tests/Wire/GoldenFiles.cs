namespace RaftActors.Tests.Wire;

/// <summary>
/// The recorded bytes of messages and of parts of snapshots, in hexadecimal digits.
/// <c>RAFTACTORS_REWRITE=1 dotnet test tests/RaftActors.Tests</c> records them anew,
/// which is for a format that no program has used yet.
/// </summary>
internal static class GoldenFiles
{
    private const string Wire = "wire";
    private const int LineLength = 64;

    private static readonly bool IsRewriting = Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1";

    /// <summary>The recorded bytes of a message, or of what has this name in another folder.</summary>
    /// <param name="written">The bytes that are written today.</param>
    public static string Of(string manifest, string? written = null, string folder = Wire)
    {
        var file = Path.Combine(Folder(), folder, $"{manifest}.hex");
        if (IsRewriting && written is not null)
        {
            File.WriteAllLines(file, written.Chunk(LineLength).Select(line => new string(line)), Encoding.ASCII);
        }

        return string.Concat(File.ReadAllLines(file, Encoding.ASCII));
    }

    /// <summary>The recorded lines with one message each.</summary>
    public static IReadOnlyList<string> LinesOf(string name, IReadOnlyList<string> written)
    {
        var file = Path.Combine(Folder(), Wire, name);
        if (IsRewriting)
        {
            File.WriteAllLines(file, written, Encoding.ASCII);
        }

        return File.ReadAllLines(file, Encoding.ASCII);
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here) ?? "", "..", "testdata");
}
