namespace Akka.Configuration;

/// <summary>A parsed value. Its substitutions are resolved when the whole text is known.</summary>
internal abstract record HoconNode
{
    /// <summary>
    /// Combines a value with an earlier one under the same key. With a substitution, both are kept: they may turn out to be objects
    /// that merge.
    /// </summary>
    public static HoconNode Override(HoconNode? earlier, HoconNode later)
    {
        return (earlier, later) switch
        {
            (null, _) or (_, HoconFinalNode or HoconListNode) => later,
            (HoconFinalNode or HoconListNode, HoconFieldsNode) => later,
            _ => new HoconLayersNode(earlier, later),
        };
    }
}

/// <summary>A value without substitutions.</summary>
internal sealed record HoconFinalNode(HoconText Value) : HoconNode;

internal sealed record HoconListNode(IReadOnlyList<HoconNode> Items) : HoconNode;

/// <summary>An object under construction.</summary>
internal sealed record HoconFieldsNode : HoconNode
{
    public OrderedDictionary<string, HoconNode> Fields { get; } = [];

    /// <summary>Returns the object under a key, to add fields. Creates it if the key has no object.</summary>
    public HoconFieldsNode FieldsUnder(string key)
    {
        var earlier = Fields.GetValueOrDefault(key);
        if ((earlier is HoconLayersNode layers ? layers.Later : earlier) is HoconFieldsNode open)
        {
            return open;
        }

        var made = new HoconFieldsNode();
        Fields[key] = Override(earlier, made);
        return made;
    }

    /// <summary>Returns the value under a path so far, or null.</summary>
    public HoconNode? Find(IEnumerable<string> path) =>
        path.Aggregate((HoconNode?)this, (node, key) => (node as HoconFieldsNode)?.Fields.GetValueOrDefault(key));
}

/// <summary>Adjacent values on one line: strings are joined, lists appended, objects merged.</summary>
internal sealed record HoconJoinNode(IReadOnlyList<HoconNode> Pieces, HoconOrigin Origin) : HoconNode;

/// <summary>The values of one key.</summary>
/// <param name="Earlier">The values before the latest one. A substitution may stand for them, so this is a chain, and no list.</param>
internal sealed record HoconLayersNode(HoconNode Earlier, HoconNode Later) : HoconNode
{
    /// <summary>All values, the latest first.</summary>
    public IEnumerable<HoconNode> LatestFirst
    {
        get
        {
            HoconNode node = this;
            for (; node is HoconLayersNode layers; node = layers.Earlier)
            {
                yield return layers.Later;
            }

            yield return node;
        }
    }
}

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
internal sealed record HoconSubstitutionNode(IReadOnlyList<string> Path, bool IsOptional, HoconOrigin Origin) : HoconNode
{
    /// <summary>
    /// Whether the substitution occurs in the value of its own path, as in <c>a = ${a} more</c>. It then stands for the earlier
    /// value.
    /// </summary>
    public bool MeansEarlierValue { get; init; }

    /// <summary>That earlier value, or null if there was none.</summary>
    public HoconNode? EarlierValue { get; init; }
}
