using System.Globalization;
using System.Text.RegularExpressions;

namespace RaftActors.Hosting.Backups;

/// <summary>
/// A file of <c>AddRaftBackups</c>, by its name: <c>GROUP-BEGUN-NUMBER-AT-SERIAL.backup</c>. A file gets such a name when it was read back
/// whole, so no other file in the folder counts.
/// </summary>
/// <param name="Begun">The time of the whole backup with which the chain begins.</param>
/// <param name="Number">The place in the chain. 0: the whole backup.</param>
/// <param name="At">The time at which the backup began, by the clock of the node that wrote it.</param>
/// <param name="Serial">The last serial in the file.</param>
/// <param name="Written">The time of the last change, in the file system.</param>
internal sealed partial record PlannedBackup(
    string Path, string Group, DateTimeOffset Begun, int Number, DateTimeOffset At, Serial Serial, long SizeBytes, DateTime Written)
{
    private const string Ending = ".backup";
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>The path of a file that is not yet a backup. There is one for each group, so the next backup replaces it.</summary>
    public static string DraftOf(string folder, string group) =>
        System.IO.Path.Combine(folder, $"{Uri.EscapeDataString(group)}{Ending}.unfinished");

    public static string PathOf(string folder, string group, DateTimeOffset begun, int number, DateTimeOffset at, Serial serial) =>
        System.IO.Path.Combine(folder, NameOf(group, begun, number, at, serial));

    /// <summary>The files in a folder, without order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IEnumerable<PlannedBackup> In(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles($"*{Ending}").Select(Parse).OfType<PlannedBackup>();

    private static PlannedBackup? Parse(FileInfo file)
    {
        if (Parts().Match(file.Name) is not { Success: true } match)
        {
            return null;
        }

        string Part(int place) => match.Groups[place].Value;
        var group = Uri.UnescapeDataString(Part(1));

        // A name that this class would write in another way is of another program, and must not be deleted.
        return TryTime(Part(2), out var begun) && TryTime(Part(4), out var at)
            && int.TryParse(Part(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(Part(5), NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
            && NameOf(group, begun, number, at, new Serial(serial)) == file.Name
            ? new PlannedBackup(file.FullName, group, begun, number, at, new Serial(serial), file.Length, file.LastWriteTimeUtc)
            : null;
    }

    private static string NameOf(string group, DateTimeOffset begun, int number, DateTimeOffset at, Serial serial) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Uri.EscapeDataString(group)}-{TextOf(begun)}-{number:000}-{TextOf(at)}-{serial.Value}{Ending}");

    private static string TextOf(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static bool TryTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text,
        TimeFormat,
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time);

    [GeneratedRegex(@"^(.+)-([0-9TZ]{19})-([0-9]{3,})-([0-9TZ]{19})-([0-9]+)\.backup$")]
    private static partial Regex Parts();
}
