using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// A process whose group is not founded yet starts with another roster than its store holds. Two rosters could found two groups.
/// </summary>
public sealed class RosterMismatchException : ArgumentException
{
    internal RosterMismatchException(ImmutableArray<ProcessName> recorded, ImmutableArray<ProcessName> given)
        : base(
            $"The store holds the founding roster {Text(recorded)}, and the process is started with {Text(given)}. Until the group is "
            + "founded the roster must not change, since two rosters could found two groups. Start the process with the roster of its "
            + "store, or restart all processes of the group with the new roster and empty stores.")
    {
    }

    private static string Text(ImmutableArray<ProcessName> roster) => $"({string.Join(' ', roster.Order())})";
}
