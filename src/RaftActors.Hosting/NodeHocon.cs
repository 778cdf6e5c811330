using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

using Akka.Configuration;

namespace RaftActors.Hosting;

/// <summary>The settings that <see cref="RaftNodeOptions"/> stand for. Unset options set nothing.</summary>
internal static class NodeHocon
{
    public static Config Of(RaftNodeOptions options) => ConfigurationFactory.ParseString(string.Join('\n', Lines(
        options with { StoreDirectory = options.StoreDirectory is { Length: > 0 } path ? Path.GetFullPath(path) : null })));

    /// <summary>A quoted string of HOCON is one of JSON.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quote))}]";

    private static IEnumerable<string> Lines(object options) =>
        options.GetType().GetProperties().SelectMany(property => property.GetValue(options) switch
        {
            null => [],
            var value when NodeOptionsCheck.IsGroup(property) => Lines(value),
            var value => property.GetCustomAttributes<SettingAttribute>()
                .Select(setting => Text(value, setting.Factor) is { } text ? $"{setting.Name} = {text}" : ""),
        });

    private static string? Text(object value, double factor) => value switch
    {
        string text => Quote(text),
        bool flag => flag ? "on" : "off",
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds * factor:0.####}ms"),
        long bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes}b"),
        IReadOnlyList<string> list => list.Count == 0 ? null : List(list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
