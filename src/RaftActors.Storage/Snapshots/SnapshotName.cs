using System.Globalization;

using RaftActors.Core;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// The name of a snapshot's file, <c>INDEX-TERM</c> and what it is: the ordinal order of names is that of the log.
/// </summary>
internal readonly record struct SnapshotName(LogIndex Index, Term Term)
{
    /// <summary>Where all snapshots of a directory are.</summary>
    public const string Folder = "snapshots";

    /// <summary>Whole, durable, and counts.</summary>
    public const string Whole = ".snap";

    /// <summary>An own one that is being written.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>One that is coming in.</summary>
    public const string Coming = ".part";

    /// <summary>One that came in, whole and durable; whether it counts, the log says.</summary>
    public const string Arrived = ".incoming";

    private const int IndexDigits = 20;

    /// <summary>Where those of one process are.</summary>
    public static string FolderOf(ushort slot) => $"{Folder}/{slot}";

    /// <summary>Of the snapshot up to there.</summary>
    public static SnapshotName Of(LogPosition position) => new(position.Index, position.Term);

    /// <summary>With its ending.</summary>
    public string With(string ending) => string.Create(CultureInfo.InvariantCulture, $"{Index.Value:d20}-{Term.Value}{ending}");

    /// <summary>Only names that <see cref="With"/> gives, so that no two files have the same one.</summary>
    public static SnapshotName? Parse(string file, string ending)
    {
        if (file.EndsWith(ending, StringComparison.Ordinal)
            && file.Length > IndexDigits + ending.Length
            && IsNumber(file.AsSpan(0, IndexDigits), out var index)
            && IsNumber(file.AsSpan()[(IndexDigits + 1)..^ending.Length], out var term)
            && new SnapshotName(new LogIndex(index), new Term(term)) is var name
            && name.With(ending) == file)
        {
            return name;
        }

        return null;
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
