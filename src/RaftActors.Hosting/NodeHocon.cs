using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace RaftActors.Hosting;

/// <summary>Translates options into settings. Unset options set nothing.</summary>
internal static class NodeHocon
{
    /// <summary>The settings of the options, without their HOCON.</summary>
    public static Config Of(RaftGroupOptions options)
    {
        var directory = options.StoreDirectory is { Length: > 0 } path ? Path.GetFullPath(path) : null;
        var set = SettingsOf(options with { StoreDirectory = directory });
        return ConfigurationFactory.ParseString(string.Join('\n', set.Select(each => $"{each.Setting} = {each.Value}")));
    }

    /// <summary>Moves the section <c>raft</c> to that of a group. The result has the section of the group even if nothing is set.</summary>
    public static Config OfGroup(string group, Config settings)
    {
        var own = settings.HasPath("raft") ? settings.GetValue("raft").GetObject() : new HoconObject();
        return new Config(new HoconRoot(ValueOf(With("raft", With("groups", With(group, own))))));

        static HoconObject With(string key, HoconObject value)
        {
            HoconObject made = new();
            made.Items[key] = ValueOf(value);
            return made;
        }

        static HoconValue ValueOf(HoconObject content)
        {
            HoconValue value = new();
            value.AppendValue(content);
            return value;
        }
    }

    public static IEnumerable<(string Option, string Setting, string Value)> SettingsOf(object options, string prefix = "") =>
        options.GetType().GetProperties().SelectMany(property => property.GetValue(options) switch
        {
            null or IReadOnlyList<string> { Count: 0 } => [],
            var value when NodeOptionsCheck.IsGroup(property) => SettingsOf(value, $"{property.Name}:"),
            var value => property.GetCustomAttributes<SettingAttribute>()
                .Select(setting => (prefix + property.Name, setting.Name, Text(value, setting.Factor))),
        });

    /// <summary>Quotes a text. A quoted string of JSON is also one of HOCON.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quote))}]";

    private static string Text(object value, double factor) => value switch
    {
        string text => Quote(text),
        Enum choice => choice.ToString().ToLowerInvariant(),
        bool flag => flag ? "on" : "off",
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds * factor:0.####}ms"),
        long bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes}b"),
        IReadOnlyList<string> list => List(list),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
