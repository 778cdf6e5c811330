using System.Collections.Immutable;

namespace RaftActors.Engine;

/// <summary>The list of all processes of a node in pages, each of which fits into a message. Thread-safe.</summary>
/// <param name="openings">Returns all of them in the order of their places.</param>
internal sealed class ProcessPages(Func<ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>>> openings)
{
    // In characters of names, and for each process roughly the bytes of the rest of its row.
    private const int SizeMax = 64_000;
    private const int Overhead = 24;

    private static readonly Comparer<KeyValuePair<ProcessPlace, ProcessOpening>> ByPlace =
        Comparer<KeyValuePair<ProcessPlace, ProcessOpening>>.Create((one, other) => one.Key.CompareTo(other.Key));

    /// <summary>The rows after a place, and whether there are more after them. Describes no other processes.</summary>
    /// <param name="place">Null: from the beginning.</param>
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

    private static int FirstAfter(ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>> all, ProcessPlace place)
    {
        // Justification: only the places are compared.
        var found = all.BinarySearch(new(place, null!), ByPlace);
        return found < 0 ? ~found : found + 1;
    }
}
