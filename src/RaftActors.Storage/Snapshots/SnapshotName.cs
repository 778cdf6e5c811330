using System.Globalization;

using RaftActors.Core;

namespace RaftActors.Storage.Snapshots;

/// <summary>The name of a snapshot file: <c>INDEX-TERM</c> and an ending. The ordinal order of names is the order of the log.</summary>
internal readonly record struct SnapshotName(LogIndex Index, Term Term)
{
    public const string Folder = "snapshots";

    /// <summary>Ending of a complete, durable snapshot that counts.</summary>
    public const string Whole = ".snap";

    /// <summary>Ending of a snapshot of the process's own state that is being written.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Ending of a snapshot that is being received.</summary>
    public const string Coming = ".part";

    /// <summary>Ending of a completely received, durable snapshot. It counts if the log records that it is installed.</summary>
    public const string Arrived = ".incoming";

    private const int IndexDigits = 20;

    public static string FolderOf(ushort slot) => $"{Folder}/{slot}";

    public static SnapshotName Of(LogPosition position) => new(position.Index, position.Term);

    public string With(string ending) => string.Create(CultureInfo.InvariantCulture, $"{Index.Value:d20}-{Term.Value}{ending}");

    /// <summary>
    /// Parses a file name with this ending. Returns null if <see cref="With"/> does not produce it, so each snapshot has one name.
    /// </summary>
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
