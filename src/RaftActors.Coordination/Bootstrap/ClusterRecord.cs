using System.Collections.Immutable;
using System.Globalization;

namespace RaftActors.Coordination.Bootstrap;

/// <summary>
/// The record of the group on the Akka.Clusters of one name: the number of the latest one, and the nodes that claim to belong to one.
/// <para>
/// A claim is an item of a session, and a node has it for as long as it may be a member. The number grows when a cluster is founded. An
/// admission writes it unchanged, and both change its version. So a node founds a cluster on the condition of the version at which it saw
/// no claim to the latest one: then no node belongs to that one, and none was admitted since.
/// </para>
/// </summary>
/// <param name="Number">That of the latest cluster; 0: none was founded yet.</param>
/// <param name="Version">The version of the number; 0: it was never written.</param>
internal sealed record ClusterRecord(long Number, long Version, ImmutableArray<ClusterRecord.Claim> Claims)
{
    private const string InMark = " in";

    public static string PrefixOf(string system) => $"akka-cluster/{system}/";

    public static string NumberOf(string system) => $"{PrefixOf(system)}number";

    public static string ClaimOf(string system, string node) => $"{PrefixOf(system)}node/{node}";

    public static string TextOf(long number, bool isIn = false) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}{(isIn ? InMark : "")}");

    /// <summary>Reads all items of the prefix. Any program that may write items may have put others there.</summary>
    public static ClusterRecord Of(string system, IReadOnlyList<RaftItem> items)
    {
        var number = items.FirstOrDefault(each => each.Name == NumberOf(system));
        var prefix = ClaimOf(system, "");
        return new(
            number is null ? 0 : long.Parse(number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            number?.Version ?? 0,
            [
                .. from each in items
                   where each.Name.StartsWith(prefix, StringComparison.Ordinal)
                   let isIn = each.Value.EndsWith(InMark, StringComparison.Ordinal)
                   let text = isIn ? each.Value[..^InMark.Length] : each.Value
                   where long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                   select new Claim(each.Name[prefix.Length..], long.Parse(text, CultureInfo.InvariantCulture), isIn, each.Version),
            ]);
    }

    /// <summary>The version of a node's claim; 0: it has none.</summary>
    public long VersionOf(string node) => Claims.FirstOrDefault(each => each.Node == node)?.Version ?? 0;

    /// <summary>
    /// The claims of former lives of a node. An address belongs to one process at a time, so they have ended.
    /// </summary>
    public IEnumerable<Claim> FormerLivesOf(string node) =>
        Claims.Where(each => each.Node != node && each.Node.StartsWith(node[..(node.LastIndexOf('#') + 1)], StringComparison.Ordinal));

    /// <summary>What a node does that is no member yet.</summary>
    public Step StepOf(string node)
    {
        var others = Claims.Where(each => each.Number == Number && each.Node != node).ToList();
        return others.Count == 0 ? new Step.Found(Number + 1)
            : others.Exists(each => each.IsIn) ? new Step.Join([.. others.Where(each => each.IsIn).Select(each => each.Node)])
            : Step.Withdraw.Instance;
    }

    /// <summary>The claim of a node to belong to a cluster.</summary>
    /// <param name="Node">Its address with its uid.</param>
    /// <param name="Number">That of the cluster. A node that proposes a cluster has a claim to it before it is founded.</param>
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
        public sealed record Withdraw : Step
        {
            public static Withdraw Instance { get; } = new();
        }
    }
}
