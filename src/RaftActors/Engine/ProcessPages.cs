using System.Collections.Immutable;

namespace RaftActors.Engine;

/// <summary>The list of all processes of a node in pages, each of which fits into a message. Thread-safe.</summary>
/// <param name="openings">Returns all processes, sorted by their places.</param>
internal sealed class ProcessPages(Func<ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>>> openings)
{
    // The characters of the texts on a page, with an overhead for the rest of each status.
    private const int SizeMax = 64_000;
    private const int Overhead = 100;

    private static readonly Comparer<KeyValuePair<ProcessPlace, ProcessOpening>> ByPlace =
        Comparer<KeyValuePair<ProcessPlace, ProcessOpening>>.Create((one, other) => one.Key.CompareTo(other.Key));

    /// <summary>
    /// Returns the processes after a place, or the first ones, and whether there are more. Describes only these.
    /// </summary>
    public (ImmutableArray<RaftStatus> Rows, bool HasMore) After(ProcessPlace? place)
    {
        var all = openings();
        var rows = ImmutableArray.CreateBuilder<RaftStatus>();
        var size = 0;
        for (var i = place is { } after ? FirstAfter(all, after) : 0; i < all.Length; i++)
        {
            // The text of a decision takes much room. All else belongs to the problems of the process.
            var row = all[i].Value.Describe() with { Decision = null };
            size += SizeOf(row);
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

    private static int SizeOf(RaftStatus status) =>
        Overhead + status.Group.Length + status.Name.Value.Length + (status.Leader?.Value.Length ?? 0)
        + status.Members.Sum(member => member.Name.Value.Length + Overhead)
        + status.Placement.Concat(status.Reachable).Sum(name => name.Value.Length)
        + new[] { status.Failure, status.Fence, status.Refusal, status.NameConflict, status.ContractConflict }
            .Sum(text => text?.Length ?? 0);

    private static int FirstAfter(ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>> all, ProcessPlace place)
    {
        // Justification: only the places are compared.
        var found = all.BinarySearch(new(place, null!), ByPlace);
        return found < 0 ? ~found : found + 1;
    }
}
