namespace Akka.Configuration;

/// <summary>What the parser understood: values in which substitutions still wait for the end of the text.</summary>
internal abstract record HoconNode
{
    /// <summary>
    /// A value written under a key that has one already. Where a substitution takes part nobody knows yet whether there will be
    /// two objects to merge, so both are kept.
    /// </summary>
    public static HoconNode Override(HoconNode? earlier, HoconNode later)
    {
        return (earlier, later) switch
        {
            (null, _) or (_, HoconFinalNode or HoconListNode) => later,
            (HoconFinalNode or HoconListNode, HoconFieldsNode) => later,
            (HoconLayersNode layers, _) => new HoconLayersNode([.. layers.Layers, later]),
            _ => new HoconLayersNode([earlier, later]),
        };
    }
}

/// <summary>A value that needs no resolution any more.</summary>
internal sealed record HoconFinalNode(HoconText Value) : HoconNode;

internal sealed record HoconListNode(IReadOnlyList<HoconNode> Items) : HoconNode;

/// <summary>An object under construction.</summary>
internal sealed record HoconFieldsNode : HoconNode
{
    public OrderedDictionary<string, HoconNode> Fields { get; } = [];

    /// <summary>The object under a key, to write more fields into; made if there is none.</summary>
    public HoconFieldsNode FieldsUnder(string key)
    {
        var earlier = Fields.GetValueOrDefault(key);
        if ((earlier is HoconLayersNode layers ? layers.Layers[^1] : earlier) is HoconFieldsNode open)
        {
            return open;
        }

        var made = new HoconFieldsNode();
        Fields[key] = Override(earlier, made);
        return made;
    }

    /// <summary>What stands under a path so far, or null.</summary>
    public HoconNode? Find(IEnumerable<string> path) =>
        path.Aggregate((HoconNode?)this, (node, key) => (node as HoconFieldsNode)?.Fields.GetValueOrDefault(key));
}

/// <summary>Pieces beside each other on one line: strings are joined, lists appended, objects merged.</summary>
internal sealed record HoconJoinNode(IReadOnlyList<HoconNode> Pieces, HoconOrigin Origin) : HoconNode;

/// <summary>Values of one key, the latest last.</summary>
internal sealed record HoconLayersNode(IReadOnlyList<HoconNode> Layers) : HoconNode;

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
internal sealed record HoconSubstitutionNode(IReadOnlyList<string> Path, bool IsOptional, HoconOrigin Origin) : HoconNode
{
    /// <summary>
    /// Whether it stands in the value of its own path and so means the value that the path had before: <c>a = ${a} more</c>.
    /// </summary>
    public bool MeansEarlierValue { get; init; }

    /// <summary>That earlier value, null if there was none.</summary>
    public HoconNode? EarlierValue { get; init; }
}
