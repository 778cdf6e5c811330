using System.Collections.Immutable;

using Akka.Cluster;

namespace RaftActors.Coordination.Downing;

/// <summary>The members of a cluster as one node sees them at one moment.</summary>
/// <param name="Self">The node, with its uid.</param>
/// <param name="Members">All members that are not down, including this node, in the order of their addresses.</param>
internal sealed record ClusterView(string Self, ImmutableArray<ClusterView.Seen> Members)
{
    public static string NameOf(UniqueAddress member) => $"{member.Address}#{member.Uid}";

    public static ClusterView Of(Cluster cluster)
    {
        var state = cluster.State;
        var detector = cluster.FailureDetector;
        return new(
            NameOf(cluster.SelfUniqueAddress),
            [
                .. state.Members.Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Removed))
                    .OrderBy(member => member.Address, Member.AddressOrdering)
                    .Select(member => new Seen(
                        NameOf(member.UniqueAddress),
                        state.Unreachable.Contains(member),
                        detector.IsMonitoring(member.Address) ? detector.IsAvailable(member.Address) : null)),
            ]);
    }

    /// <summary>
    /// The members that this node would down: those that some node cannot reach. A member that answers this node itself is spared, and a
    /// node that can reach all that it monitors downs nobody. So if only two members cannot reach each other, one of them downs the other.
    /// </summary>
    public ImmutableArray<string> FindDoomed()
    {
        var unreachable = Members.Where(each => each.IsUnreachable && each.Name != Self && each.Answers != true).ToArray();
        return unreachable.Any(each => each.Answers == false) ? [.. unreachable.Select(each => each.Name)] : [];
    }

    /// <summary>
    /// Tells whether fewer members remain than are downed. If there are as many, the side without the first member is the minority.
    /// </summary>
    public bool IsMinority(ImmutableArray<string> doomed) =>
        2 * doomed.Length > Members.Length || (2 * doomed.Length == Members.Length && doomed.Contains(Members[0].Name));

    /// <param name="IsUnreachable">Some node cannot reach it.</param>
    /// <param name="Answers">It answers the heartbeats of this node, or null if this node does not monitor it.</param>
    internal readonly record struct Seen(string Name, bool IsUnreachable, bool? Answers);
}
