namespace Akka.Configuration;

/// <summary>Replaces the substitutions of a parsed text by their values.</summary>
internal sealed class HoconResolver(HoconFieldsNode root)
{
    /// <summary>The limit of substitutions that depend on each other. Without it, a long chain would overflow the stack.</summary>
    private const int ChainMax = 400;

    /// <summary>
    /// The limit of the characters and values that all substitutions stand for. Without it, some lines of the form
    /// <c>b = ${a}${a}</c> would fill the memory.
    /// </summary>
    private const long SizeMax = 4 << 20;

    /// <summary>The resolved nodes. A node with IsDone false is being resolved.</summary>
    private readonly Dictionary<HoconNode, (bool IsDone, HoconValue? Value)> _resolved = new(ReferenceEqualityComparer.Instance);

    /// <summary>The substitution entered last. An error about a cycle names its place.</summary>
    private HoconOrigin _current;

    private int _chain;
    private long _size;

    public HoconObject Resolve() => ResolveFields(root);

    /// <summary>Resolves a node. Returns null if only optional substitutions without a value remain.</summary>
    private HoconValue? Resolve(HoconNode node)
    {
        if (_resolved.TryGetValue(node, out var known))
        {
            return known.IsDone ? known.Value : throw HoconReader.Error(_current, "this substitution depends on its own value");
        }

        _resolved[node] = (false, null);
        var value = node switch
        {
            HoconFinalNode final => final.Value,
            HoconListNode list => new HoconArray([.. list.Items.Select(Resolve).OfType<HoconValue>()]),
            HoconFieldsNode fields => ResolveFields(fields),
            HoconLayersNode layers => ResolveLayers(layers),
            HoconJoinNode join => ResolveJoin(join),
            HoconSubstitutionNode substitution => ResolveSubstitution(substitution),
            _ => throw new global::System.Diagnostics.UnreachableException(),
        };
        _resolved[node] = (true, value);
        return value;
    }

    private HoconObject ResolveFields(HoconFieldsNode fields)
    {
        var values = new OrderedDictionary<string, HoconValue>(fields.Fields.Count);
        foreach (var (key, node) in fields.Fields)
        {
            if (Resolve(node) is { } value)
            {
                values.Add(key, value);
            }
        }

        return new HoconObject(values);
    }

    private HoconValue? ResolveLayers(HoconLayersNode layers)
    {
        var values = new List<HoconValue>();
        foreach (var layer in layers.LatestFirst)
        {
            if (Resolve(layer) is { } value)
            {
                values.Add(value);
                if (value is not HoconObject)
                {
                    break;
                }
            }
        }

        return values.Count == 0 ? null : HoconObject.Merge(values);
    }

    private HoconValue? ResolveJoin(HoconJoinNode join)
    {
        var values = join.Pieces.Select(Resolve).OfType<HoconValue>().ToList();
        var solid = values.Where(value => value is not HoconText { IsSpace: true }).ToList();
        return solid switch
        {
            [] => null,
            [HoconObject or HoconArray] => solid[0],
            _ when solid.All(value => value is HoconObject) => HoconObject.Merge([.. Enumerable.Reverse(solid)]),
            _ when solid.All(value => value is HoconArray) => new HoconArray([.. solid.Cast<HoconArray>().SelectMany(list => list.Items)]),
            _ when solid.All(value => value is HoconText) =>
                new HoconText(string.Concat(values.Cast<HoconText>().Select(piece => piece.Text ?? "null")), join.Origin, isQuoted: true),
            _ => throw HoconReader.Error(join.Origin, "texts, lists and objects beside each other cannot be joined; is a comma missing?"),
        };
    }

    private HoconValue? ResolveSubstitution(HoconSubstitutionNode substitution)
    {
        _current = substitution.Origin;
        if (++_chain > ChainMax)
        {
            throw HoconReader.Error(_current, $"more than {ChainMax} substitutions depend on each other");
        }

        var value = substitution switch
        {
            { MeansEarlierValue: false } => Find(substitution.Path),
            { EarlierValue: { } earlier } => Resolve(earlier),
            _ => null,
        };
        _chain--;
        if (value is null && Environment.GetEnvironmentVariable(string.Join('.', substitution.Path)) is { } variable)
        {
            value = new HoconText(variable, substitution.Origin, isQuoted: true);
        }

        if (value is null && !substitution.IsOptional)
        {
            var path = HoconPath.Join(substitution.Path);
            throw HoconReader.Error(
                substitution.Origin, $"${{{path}}} is neither set in this text nor an environment variable; set it, or write ${{?{path}}}");
        }

        return value is null ? null : Bounded(value, substitution.Origin);
    }

    private HoconValue Bounded(HoconValue value, HoconOrigin origin)
    {
        _size += value.Size;
        return value.Depth <= HoconParser.DepthMax && _size <= SizeMax ? value : throw HoconReader.Error(
            origin,
            $"this substitution makes more than {HoconParser.DepthMax} objects and lists inside of each other, or all substitutions stand "
            + $"for more than {SizeMax} characters");
    }

    /// <summary>
    /// Follows a path through objects without resolving other fields, because fields of one object may refer to each other.
    /// </summary>
    private HoconValue? Find(IReadOnlyList<string> path)
    {
        HoconNode? node = root;
        for (var i = 0; i < path.Count && node is not null; i++)
        {
            if (node is not HoconFieldsNode fields)
            {
                return (Resolve(node) as HoconObject)?.Find([.. path.Skip(i)]);
            }

            node = fields.Fields.GetValueOrDefault(path[i]);
        }

        return node is null ? null : Resolve(node);
    }
}
