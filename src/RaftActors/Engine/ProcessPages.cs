using System.Collections.Immutable;

namespace RaftActors.Engine;

/// <summary>The list of all processes of a node in pages, each of which fits into a message. Thread-safe.</summary>
/// <param name="openings">Returns all processes, sorted by their places.</param>
internal sealed class ProcessPages(Func<ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>>> openings)
{
    // The characters of the names on a page, with an overhead for the rest of each row.
    private const int SizeMax = 64_000;
    private const int Overhead = 24;

    private static readonly Comparer<KeyValuePair<ProcessPlace, ProcessOpening>> ByPlace =
        Comparer<KeyValuePair<ProcessPlace, ProcessOpening>>.Create((one, other) => one.Key.CompareTo(other.Key));

    /// <summary>
    /// Returns the rows after a place, or the first rows, and whether there are more. Describes only the processes of these rows.
    /// </summary>
    public (ImmutableArray<ProcessRow> Rows, bool HasMore) After(ProcessPlace? place)
    {
        var all = openings();
        var rows = ImmutableArray.CreateBuilder<ProcessRow>();
        var size = 0;
        for (var i = place is { } after ? FirstAfter(all, after) : 0; i < all.Length; i++)
        {
            var row = ProcessRow.Of(all[i].Value.Describe());
            size += Overhead + row.Place.Group.Length + row.Place.Name.Value.Length + (row.Leader?.Value.Length ?? 0);
            if (size > SizeMax && rows.Count > 0)
            {
                return (rows.DrainToImmutable(), HasMore: true);
            }

            rows.Add(row);
        }

        return (rows.DrainToImmutable(), HasMore: false);
    }

    /// <summary>Returns the names of the processes of a group.</summary>
    public IEnumerable<ProcessName> NamesOf(string group)
    {
        var all = openings();
        return all.Skip(FirstAfter(all, new ProcessPlace(group, default))).TakeWhile(each => each.Key.Group == group)
            .Select(each => each.Key.Name);
    }

    private static int FirstAfter(ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>> all, ProcessPlace place)
    {
        // Justification: only the places are compared.
        var found = all.BinarySearch(new(place, null!), ByPlace);
        return found < 0 ? ~found : found + 1;
    }
}
