using System.Text;

namespace Akka.Configuration;

/// <summary>Keys and values in the order in which the keys were first written; of merged objects, the strongest one's first.</summary>
/// <param name="fields">Taken over: the caller must not change it afterwards.</param>
internal sealed class HoconObject(OrderedDictionary<string, HoconValue> fields) : HoconValue
{
    public static readonly HoconObject Empty = new(new OrderedDictionary<string, HoconValue>());

    private readonly OrderedDictionary<string, HoconValue> _fields = fields;

    public int Count => _fields.Count;

    public IEnumerable<KeyValuePair<string, HoconValue>> Fields => _fields;

    /// <summary>The value under a path, or null.</summary>
    public HoconValue? Find(IReadOnlyList<string> path)
    {
        HoconValue? value = this;
        for (var i = 0; i < path.Count && value is not null; i++)
        {
            value = (value as HoconObject)?._fields.GetValueOrDefault(path[i]);
        }

        return value;
    }

    /// <summary>Whether each value of the other object is in this one too; of a list each item, in any order.</summary>
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
    /// Lays values over each other, the strongest first. Objects merge key by key; a value of another kind hides what is below it.
    /// All layers are merged in one pass, so that a long chain of fallbacks costs as much as its keys and not their square.
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
    /// The items of a list that was written as an object with the keys 0, 1, 2 ..., in the order of the numbers; null if a key is no
    /// number. So a single item of a list can be overridden from outside, as in <c>seed-nodes.0 = ...</c>.
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
