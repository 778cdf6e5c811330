using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Akka.Configuration;

/// <summary>
/// Settings from HOCON. Immutable, and safe for any number of threads. A getter returns its default if the key is absent or null.
/// It throws <see cref="ConfigurationException"/> with key and place for a value of the wrong kind.
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

    /// <summary>The keys of the root object. A key is not a path and may contain dots.</summary>
    internal IEnumerable<string> Keys => Root.Fields.Select(entry => entry.Key);

    /// <summary>
    /// The merged object. A chain of fallbacks is merged on first use, in one pass. If two threads both merge, the results are
    /// equal.
    /// </summary>
    private HoconObject Root => _root ??= (HoconObject)HoconObject.Merge(Layers());

    [return: NotNullIfNotNull(nameof(str))]
    public static implicit operator Config?(string? str) => str is null ? null : ConfigurationFactory.ParseString(str);

    /// <summary>Returns this configuration with another as fallback. Objects merge key by key.</summary>
    public virtual Config WithFallback(Config? fallback) => fallback is null || fallback == this ? this : new Config(this, fallback);

    public virtual bool HasPath(string path) => Root.Find(HoconPath.Split(path)) is not null;

    /// <summary>Returns the object at a path, or null if the path is absent.</summary>
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
    /// Returns a duration. Units: ns, us, ms, s, m, h, d, or their long names. A number without a unit is milliseconds.
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

    /// <summary>Returns a number of bytes. Units kB, MB, GB ... are powers of 1000; KiB (or K), MiB, GiB ... are powers of 1024.</summary>
    public virtual long? GetByteSize(string path, long? def = null) =>
        Read(path, HoconUnits.ByteSize, "a size such as 100, 10 kB or 4 MiB") ?? def;

    /// <summary>Returns the texts of a list, or an empty list if the path is absent.</summary>
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

    /// <summary>Returns the keys of the root object with their values. A key is not a path and may contain dots.</summary>
    public virtual IEnumerable<KeyValuePair<string, Hocon.HoconValue>> AsEnumerable() =>
        Root.Fields.Select(entry => new KeyValuePair<string, Hocon.HoconValue>(entry.Key, entry.Value));

    public override string ToString() => ToString(includeFallback: false);

    /// <summary>Returns the settings as HOCON, with or without the fallbacks.</summary>
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

    /// <summary>Returns the merged layers of this configuration, the strongest first. A loop, because chains may be long.</summary>
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

            waiting.Push(config._fallback!); // Justification: without a root both parts are set.
            waiting.Push(config._preferred!);
        }

        return layers;
    }

    /// <summary>Returns whether this configuration contains each value of the other.</summary>
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
