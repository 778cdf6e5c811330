using System.Collections.Immutable;
using System.Globalization;

using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Bootstrap;

/// <summary>
/// The group's record of the Akka.Clusters of one name: the number of the latest one, and the nodes that claim to belong to one.
/// <para>
/// A claim is an item of a session, and a node has it for as long as it may be a member. Founding a cluster raises the number, and an
/// admission writes it unchanged, so both change its version. A node founds a cluster only if the number still has the version at which
/// the node saw no claim to the latest cluster. Then no node belongs to that cluster, and none was admitted since.
/// </para>
/// </summary>
/// <param name="Number">The number of the latest cluster, or 0 before the first.</param>
/// <param name="Version">The version of the number, or 0 if it was never written.</param>
internal sealed record ClusterRecord(long Number, long Version, ImmutableArray<ClusterRecord.Claim> Claims)
{
    private const string InMark = " in";

    public static string PrefixOf(string system) => $"akka-cluster/{system}/";

    public static string NumberOf(string system) => $"{PrefixOf(system)}number";

    public static string ClaimOf(string system, string node) => $"{PrefixOf(system)}node/{node}";

    public static string TextOf(long number, bool isIn = false) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}{(isIn ? InMark : "")}");

    /// <summary>
    /// Reads all items of the prefix. Other programs may have put other items there. Those are skipped, except one in place of the number:
    /// without the number a node would found a second cluster beside the latest one.
    /// </summary>
    /// <exception cref="InvalidOperationException">The number is no number. The message names the item.</exception>
    public static ClusterRecord Of(string system, IReadOnlyList<RaftItem> items)
    {
        var number = items.FirstOrDefault(each => each.Name == NumberOf(system));
        var prefix = ClaimOf(system, "");
        return new(
            number is null ? 0 : NumberIn(number.Value) ?? throw new InvalidOperationException(
                $"The item '{number.Name}' is '{RaftOverview.Short(number.Value)}', which is no number of a cluster. Write the number of "
                    + $"the latest cluster there. The claims of its members have it, below '{prefix}'."),
            number?.Version ?? 0,
            [
                .. from each in items
                   where each.Name.StartsWith(prefix, StringComparison.Ordinal)
                   let node = each.Name[prefix.Length..]
                   let isIn = each.Value.EndsWith(InMark, StringComparison.Ordinal)
                   let claimed = NumberIn(isIn ? each.Value[..^InMark.Length] : each.Value)
                   where claimed is not null && IsNode(node)
                   select new Claim(node, claimed.Value, isIn, each.Version),
            ]);
    }

    /// <summary>Returns the version of a node's claim, or 0 without one.</summary>
    public long VersionOf(string node) => Claims.FirstOrDefault(each => each.Node == node)?.Version ?? 0;

    /// <summary>The claims of earlier starts of a node. They have ended, because an address belongs to one process at a time.</summary>
    public IEnumerable<Claim> FormerLivesOf(string node) =>
        Claims.Where(each => each.Node != node && each.Node.StartsWith(node[..(node.LastIndexOf('#') + 1)], StringComparison.Ordinal));

    /// <summary>Returns what a node does that is no member yet.</summary>
    public Step StepOf(string node)
    {
        var others = Claims.Where(each => each.Number == Number && each.Node != node).ToList();
        return others.Count == 0 ? new Step.Found(Number + 1)
            : others.Exists(each => each.IsIn) ? new Step.Join([.. others.Where(each => each.IsIn).Select(each => each.Node)])
            : new Step.Withdraw();
    }

    // Below the highest number, because each number has a next one.
    private static long? NumberIn(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue ? number : null;

    // An address without a system and a host would count as that of the node that asks, which would then form a cluster of its own.
    private static bool IsNode(string text) => text.LastIndexOf('#') is > 0 and var end
        && Uri.TryCreate(text[..end], UriKind.Absolute, out var address) && address is { UserInfo.Length: > 0, Port: > 0 };

    /// <summary>The claim of a node to belong to a cluster.</summary>
    /// <param name="Node">Its address with its uid.</param>
    /// <param name="Number">The number of the cluster. A node claims the cluster that it proposes before it founds it.</param>
    /// <param name="IsIn">It is a member. Otherwise it may become one.</param>
    internal sealed record Claim(string Node, long Number, bool IsIn, long Version);

    internal abstract record Step
    {
        private Step()
        {
        }

        /// <summary>The node proposes the next cluster, because no other node has a claim to the latest one.</summary>
        public sealed record Found(long Number) : Step;

        /// <summary>The node joins one of these members of the latest cluster.</summary>
        public sealed record Join(ImmutableArray<string> Members) : Step;

        /// <summary>
        /// Only nodes that are no members have claims to the latest cluster. All of them but its founder give them up, so that they do not
        /// wait for each other.
        /// </summary>
        public sealed record Withdraw : Step;
    }
}
