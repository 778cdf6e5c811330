using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Akka.Configuration;

/// <summary>
/// Settings read from HOCON, immutable and safe for any number of threads. A getter gives its default for a key that is absent or null, and
/// throws <see cref="ConfigurationException"/>, which names key and place, for a value of the wrong kind.
/// </summary>
public class Config
{
    public static readonly Config Empty = new(HoconObject.Empty);

    private readonly Config? _preferred;
    private readonly Config? _fallback;
    private HoconObject? _root;

    internal Config(HoconObject root)
    {
        _root = root;
    }

    private Config(Config preferred, Config fallback)
    {
        _preferred = preferred;
        _fallback = fallback;
    }

    public virtual bool IsEmpty => Root.Count == 0;

    /// <summary>The keys of the topmost object. One key is no path: it may hold dots.</summary>
    internal IEnumerable<string> Keys => Root.Fields.Select(entry => entry.Key);

    /// <summary>
    /// A chain of fallbacks is merged when it is first read, and then all at once. Two threads may both do it; the results are equal.
    /// </summary>
    private HoconObject Root => _root ??= (HoconObject)HoconObject.Merge(Layers());

    [return: NotNullIfNotNull(nameof(str))]
    public static implicit operator Config?(string? str) => str is null ? null : ConfigurationFactory.ParseString(str);

    /// <summary>This configuration where it has a value, the other one elsewhere; objects merge key by key.</summary>
    public virtual Config WithFallback(Config? fallback) => fallback is null || fallback == this ? this : new Config(this, fallback);

    public virtual bool HasPath(string path) => Root.Find(HoconPath.Split(path)) is not null;

    /// <summary>The object at a path, or null where there is none.</summary>
    public virtual Config? GetConfig(string path)
    {
        return Root.Find(HoconPath.Split(path)) switch
        {
            null or HoconText { Text: null } => null,
            HoconObject fields => new Config(fields),
            var other => throw WrongKind(path, other, "an object"),
        };
    }

    public virtual string? GetString(string path, string? @default = null) => Text(path)?.Text ?? @default;

    public virtual bool GetBoolean(string path, bool @default = false) =>
        Read(path, HoconUnits.Boolean, "one of on, off, true, false, yes, no") ?? @default;

    public virtual int GetInt(string path, int @default = 0) =>
        Read(path, Number<int>(NumberStyles.Integer), "a whole number between -2^31 and 2^31 - 1") ?? @default;

    public virtual long GetLong(string path, long @default = 0) =>
        Read(path, Number<long>(NumberStyles.Integer), "a whole number between -2^63 and 2^63 - 1") ?? @default;

    public virtual double GetDouble(string path, double @default = 0) =>
        Read(path, Number<double>(NumberStyles.Float), "a number") ?? @default;

    /// <summary>
    /// A duration with the unit ns, us, ms, s, m, h or d, or one of their long names; a bare number counts milliseconds.
    /// <c>infinite</c> gives <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true)
    {
        var expected = "a duration such as 500 ms, 10 s or 1 m" + (allowInfinite ? ", or infinite" : "");
        return Read(path, Parse, expected) ?? @default ?? TimeSpan.Zero;

        TimeSpan? Parse(string text)
        {
            return allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase)
                ? Timeout.InfiniteTimeSpan
                : HoconUnits.Duration(text);
        }
    }

    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    /// <summary>A number of bytes, perhaps with a unit: kB, MB, GB ... are powers of 1000, KiB (or K), MiB, GiB ... of 1024.</summary>
    public virtual long? GetByteSize(string path, long? def = null) =>
        Read(path, HoconUnits.ByteSize, "a size such as 100, 10 kB or 4 MiB") ?? def;

    /// <summary>The texts of a list; empty where there is none.</summary>
    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    public virtual IList<string> GetStringList(string path, string[] defaultPaths)
    {
        var value = Root.Find(HoconPath.Split(path));
        var items = value switch
        {
            null or HoconText { Text: null } => null,
            HoconArray list => list.Items,
            HoconObject fields => fields.AsList() ?? throw WrongKind(path, value, "a list"),
            _ => throw WrongKind(path, value, "a list"),
        };
        return items is null
            ? defaultPaths
            : [.. items.Select((item, index) => (item as HoconText)?.Text ?? throw WrongKind($"{path}.{index}", item, "a text"))];
    }

    /// <summary>The keys of the topmost object with their values, each once. One key is no path: it may hold dots.</summary>
    public virtual IEnumerable<KeyValuePair<string, Hocon.HoconValue>> AsEnumerable() =>
        Root.Fields.Select(entry => new KeyValuePair<string, Hocon.HoconValue>(entry.Key, entry.Value));

    public override string ToString() => ToString(includeFallback: false);

    /// <summary>The settings as HOCON, with or without those that come from fallbacks.</summary>
    public string ToString(bool includeFallback)
    {
        var config = this;
        while (!includeFallback && config._preferred is not null)
        {
            config = config._preferred;
        }

        var text = new StringBuilder();
        config.Root.WriteFields(text, indent: 0);
        return text.ToString().TrimStart('\n');
    }

    /// <summary>The merged layers of which this consists, the strongest first. A loop, because chains may be long.</summary>
    private List<HoconValue> Layers()
    {
        var layers = new List<HoconValue>();
        var waiting = new Stack<Config>([this]);
        while (waiting.TryPop(out var config))
        {
            if (config._root is { } root)
            {
                layers.Add(root);
                continue;
            }

            waiting.Push(config._fallback!); // Justification: without a root there are two parts.
            waiting.Push(config._preferred!);
        }

        return layers;
    }

    /// <summary>Whether each value of the other configuration is in this one too.</summary>
    internal bool Contains(Config other) => Root.Contains(other.Root);

    private HoconText? Text(string path)
    {
        var value = Root.Find(HoconPath.Split(path));
        return value is null or HoconText ? (HoconText?)value : throw WrongKind(path, value, "a text");
    }

    private T? Read<T>(string path, Func<string, T?> parse, string expected)
        where T : struct => Text(path) is { Text: { } text } value ? parse(text) ?? throw WrongKind(path, value, expected) : null;

    private static Func<string, T?> Number<T>(NumberStyles styles)
        where T : struct, global::System.Numerics.INumber<T> =>
        text => T.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ConfigurationException WrongKind(string path, HoconValue found, string expected)
    {
        var (place, what) = found switch
        {
            HoconText text => ($"{text.Origin}: ", text.Text is null ? "null" : $"'{text.Text}'"),
            HoconArray => ("", "a list"),
            _ => ("", "an object"),
        };
        return new ConfigurationException($"{place}{path} is {what}, expected {expected}.");
    }
}
