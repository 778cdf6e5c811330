using System.Text;

namespace Akka.Configuration;

/// <summary>
/// Keys and values in the order in which the keys were first written. In merged objects, the strongest object's keys come first.
/// </summary>
/// <param name="fields">Not copied: the caller must not change it afterwards.</param>
internal sealed class HoconObject(OrderedDictionary<string, HoconValue> fields) : HoconValue
{
    public static readonly HoconObject Empty = new(new OrderedDictionary<string, HoconValue>());

    private readonly OrderedDictionary<string, HoconValue> _fields = fields;

    public int Count => _fields.Count;

    public override int Depth { get; } = 1 + fields.Select(field => field.Value.Depth).DefaultIfEmpty().Max();

    public override long Size { get; } = 1 + fields.Sum(field => field.Key.Length + field.Value.Size);

    public IEnumerable<KeyValuePair<string, HoconValue>> Fields => _fields;

    /// <summary>Returns the value under a path, or null.</summary>
    public HoconValue? Find(IReadOnlyList<string> path)
    {
        HoconValue? value = this;
        for (var i = 0; i < path.Count && value is not null; i++)
        {
            value = (value as HoconObject)?._fields.GetValueOrDefault(path[i]);
        }

        return value;
    }

    /// <summary>Returns whether each value of the other object is in this one. Items of lists may be in any order.</summary>
    public bool Contains(HoconObject other)
    {
        return other._fields.All(field => _fields.TryGetValue(field.Key, out var own) && Holds(own, field.Value));

        static bool Holds(HoconValue own, HoconValue value) => (own, value) switch
        {
            (HoconObject fields, HoconObject others) => fields.Contains(others),
            (HoconArray list, HoconArray others) => others.Items.Select(Text).ToHashSet().IsSubsetOf(list.Items.Select(Text)),
            _ => Text(own) == Text(value),
        };

        static string? Text(HoconValue value) => value is HoconText text ? text.Text : value.ToString();
    }

    /// <summary>
    /// Merges values, the strongest first. Objects merge key by key; any other value hides the layers below it. One pass merges all
    /// layers, so that the cost of a long chain of fallbacks is linear in its keys.
    /// </summary>
    public static HoconValue Merge(IReadOnlyList<HoconValue> layers)
    {
        var objects = layers.TakeWhile(layer => layer is HoconObject).Cast<HoconObject>().ToList();
        if (objects.Count < 2)
        {
            return layers[0];
        }

        var layersByKey = new OrderedDictionary<string, List<HoconValue>>();
        foreach (var (key, value) in objects.SelectMany(layer => layer._fields))
        {
            if (!layersByKey.TryGetValue(key, out var ofKey))
            {
                layersByKey.Add(key, ofKey = []);
            }

            ofKey.Add(value);
        }

        var merged = new OrderedDictionary<string, HoconValue>(layersByKey.Count);
        foreach (var (key, ofKey) in layersByKey)
        {
            merged.Add(key, Merge(ofKey));
        }

        return new HoconObject(merged);
    }

    /// <summary>
    /// Returns the items of a list that was written as an object with the keys 0, 1, 2 ..., ordered by key. So a single item can be
    /// overridden, as in <c>seed-nodes.0 = ...</c>. Null if a key is not a number.
    /// </summary>
    public IReadOnlyList<HoconValue>? AsList()
    {
        var items = new SortedDictionary<int, HoconValue>();
        foreach (var (key, value) in _fields)
        {
            if (!int.TryParse(key, out var index) || index < 0)
            {
                return null;
            }

            items[index] = value;
        }

        return [.. items.Values];
    }

    public override void Write(StringBuilder text, int indent)
    {
        text.Append('{');
        WriteFields(text, indent + 1);
        text.Append('\n').Append(' ', indent * 2).Append('}');
    }

    public void WriteFields(StringBuilder text, int indent)
    {
        foreach (var (key, value) in _fields)
        {
            text.Append('\n').Append(' ', indent * 2).Append(HoconPath.Segment(key));
            text.Append(value is HoconObject ? " " : " = ");
            value.Write(text, indent);
        }
    }
}
