using System.Globalization;
using System.Text.RegularExpressions;

namespace RaftActors.Hosting.Backups;

/// <summary>
/// A file of <c>AddRaftBackups</c>, by its name: <c>GROUP-CHAIN-NUMBER-AT-SERIAL.backup</c>. A file gets such a name when it was read back
/// whole, so no other file in the folder counts.
/// </summary>
/// <param name="Chain">
/// The number of the chain. Chains are ordered by it and not by a time, because a clock that was ahead would make an old one the newest.
/// </param>
/// <param name="Number">The place in the chain. 0: the whole backup.</param>
/// <param name="At">The time at which the backup began, by the clock of the node that wrote it.</param>
/// <param name="Serial">The last serial in the file.</param>
/// <param name="Written">The time of the last change, in the file system.</param>
internal sealed record PlannedBackup(
    string Path, string Group, int Chain, int Number, DateTimeOffset At, Serial Serial, long SizeBytes, DateTime Written)
{
    private const string Ending = ".backup";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly Regex Parts = new(@"^(.+)-([0-9]{6,})-([0-9]{2,})-([0-9TZ]{16})-([0-9]+)\.backup$");

    public static string PathOf(string folder, string group, int chain, int number, DateTimeOffset at, Serial serial) =>
        System.IO.Path.Combine(folder, NameOf(group, chain, number, at, serial));

    /// <summary>The files in a folder, without order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IEnumerable<PlannedBackup> In(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles($"*{Ending}").Select(Parse).OfType<PlannedBackup>();

    private static PlannedBackup? Parse(FileInfo file)
    {
        if (Parts.Match(file.Name) is not { Success: true } match)
        {
            return null;
        }

        string Part(int place) => match.Groups[place].Value;
        var group = Uri.UnescapeDataString(Part(1));

        // A name that this class would write in another way is of another program, and must not be deleted.
        return int.TryParse(Part(2), NumberStyles.None, CultureInfo.InvariantCulture, out var chain)
            && int.TryParse(Part(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && DateTimeOffset.TryParseExact(
                Part(4), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            && long.TryParse(Part(5), NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
            && NameOf(group, chain, number, at, new Serial(serial)) == file.Name
            ? new PlannedBackup(file.FullName, group, chain, number, at, new Serial(serial), file.Length, file.LastWriteTimeUtc)
            : null;
    }

    private static string NameOf(string group, int chain, int number, DateTimeOffset at, Serial serial) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Uri.EscapeDataString(group)}-{chain:000000}-{number:00}-{at.UtcDateTime.ToString(TimeFormat)}-{serial.Value}{Ending}");
}
