using System.Globalization;

using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>
/// One setting, as its line of reference.conf has it: <c>raft.get-window = 256 # number, 1 or more; shared</c>. The comment has the type
/// or the choices, then bounds, and then marks behind a semicolon.
/// </summary>
/// <param name="Key">The key without the section.</param>
/// <param name="Kind">A type, or "choice".</param>
/// <param name="Bounds">
/// Each is <c>MIN or more</c>, <c>MIN to MAX</c>, <c>at least MIN</c> or <c>at most MAX</c>. A limit is a value, or the full name of
/// another setting, which may be followed by <c>* 2</c> or <c>/ 2</c>.
/// </param>
internal sealed record Setting(string Section, string Key, string Rule, string Kind, string[] Bounds, string Marks)
{
    private const string TimeOrOff = "time or off";
    private static readonly string[] Types = ["time", TimeOrOff, "size", "number", "fraction", "text", "list"];

    // In milliseconds and bytes. Akka.NET takes a time without a unit for milliseconds.
    private static readonly Dictionary<string, decimal> Times = new() { ["ms"] = 1, ["s"] = 1000, ["m"] = 60_000, ["h"] = 3_600_000 };

    private static readonly Dictionary<string, decimal> Sizes = new()
    {
        ["b"] = 1,
        ["kB"] = 1000,
        ["KiB"] = 1 << 10,
        ["MB"] = 1_000_000,
        ["MiB"] = 1 << 20,
        ["GB"] = 1_000_000_000,
        ["GiB"] = 1 << 30,
    };

    /// <summary>All groups of a node share one value.</summary>
    public bool IsOfNode => Marks.Contains("node");

    /// <summary>Operators compare the value between the nodes of a group.</summary>
    public bool IsShared => Marks.Contains("shared");

    /// <returns>Null if the line has no setting.</returns>
    public static Setting? Parse(string line)
    {
        if (line.Split(" # ") is not [var pair, var comment] || pair.Split(" = ")[0].Split('.', 2) is not [var section, var key])
        {
            return null;
        }

        var (rule, marks) = comment.Split("; ") is [var before, var behind] ? (before, behind) : (comment, "");
        var parts = rule.Split(", ");
        return Types.Contains(parts[0])
            ? new(section, key, rule, parts[0], parts[1..], marks)
            : new(section, key, rule, "choice", [], marks);
    }

    /// <summary>Reads the value, and checks it.</summary>
    /// <param name="own">The section. A bound that names a setting which it lacks is not checked.</param>
    /// <returns>Milliseconds, bytes or a number as a decimal; a text; or the texts of a list.</returns>
    /// <exception cref="RaftConfigurationException">The value has the wrong type, or is out of bounds.</exception>
    public object Read(Config own, SettingTable table)
    {
        var value = Parse(own) ?? throw Wrong(own, Kind switch
        {
            "time" => "a time above zero, such as 500ms or 2s",
            TimeOrOff => "off, or a time above zero, such as 30m or 2h",
            "size" => "a size, such as 64kB or 1MiB",
            "number" => "a whole number",
            "fraction" => "a number, such as 0.05",
            "list" => "a list, such as [\"a\", \"b\"]",
            "text" when Key == "node" => $"{Rule}. The list of all nodes is {Section}.nodes",
            _ => Rule,
        });
        foreach (var bound in Bounds)
        {
            if (!IsOff(value) && !Holds(bound, value as decimal? ?? ((string)value).Length, own, table))
            {
                throw Wrong(own, OtherIn(bound, table) is { } other ? $"{bound}, and {other} is {other.Show(own)}" : bound);
            }
        }

        return value;
    }

    /// <summary>Writes a value in one form, whatever its unit was.</summary>
    public string Write(object value) => value is not decimal number ? $"{value}"
        : IsOff(value) ? "off"
        : number.ToString("0.######", CultureInfo.InvariantCulture) + (Kind is "time" or TimeOrOff ? " ms" : "");

    public override string ToString() => $"{Section}.{Key}";

    private bool Holds(string bound, decimal value, Config own, SettingTable table)
    {
        return bound.Split(' ') switch
        {
            [var min, "or", "more"] => !(value < Limit([min])),
            [var min, "to", var max] => !(value < Limit([min]) || value > Limit([max])),
            ["at", "least", .. var min] => !(value < Limit(min)),
            ["at", "most", .. var max] => !(value > Limit(max)),
            _ => throw new FormatException($"{this} has the bound '{bound}'. Write MIN or more, MIN to MAX, at least MIN or at most MAX."),
        };

        decimal? Limit(string[] words) => words switch
        {
            [var name, "/", var number] => Limit([name]) / decimal.Parse(number, CultureInfo.InvariantCulture),
            [var name, "*", var number] => Limit([name]) * decimal.Parse(number, CultureInfo.InvariantCulture),
            _ => OtherIn(words[0], table) is not { } other ? Measure(words[0]) : own.HasPath(other.Key) ? (decimal?)other.Parse(own) : null,
        };
    }

    private Setting? OtherIn(string bound, SettingTable table) =>
        bound.Split(' ').FirstOrDefault(word => word.StartsWith($"{Section}.", StringComparison.Ordinal)) is { } name
            ? table[name[(Section.Length + 1)..]]
            : null;

    private object? Parse(Config own)
    {
        try
        {
            return Kind switch
            {
                "list" => own.GetString(Key) is null or "" ? own.GetStringList(Key).ToArray() : null,
                "text" => own.GetString(Key) ?? (own.GetStringList(Key).Count == 0 ? "" : null),
                "choice" => Choose(own.GetString(Key)),
                TimeOrOff when own.GetString(Key) is "off" or "false" or "no" => 0m,
                "time" or TimeOrOff =>
                    (Measure(own.GetString(Key)) ?? (decimal)own.GetTimeSpan(Key, allowInfinite: false).TotalMilliseconds)
                        is > 0 and <= long.MaxValue / TimeSpan.TicksPerMillisecond and var time ? time : null,
                "size" => (Measure(own.GetString(Key)) ?? own.GetByteSize(Key)) is <= long.MaxValue and var size ? size : null,
                "number" => (decimal)int.Parse(own.GetString(Key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
                _ => Measure(own.GetString(Key)),
            };
        }
        catch (Exception)
        {
            // Akka.NET throws exceptions of many types, and they do not name the setting.
            return null;
        }
    }

    private bool IsOff(object value) => Kind == TimeOrOff && value is 0m;

    private string? Choose(string? text)
    {
        var word = text switch { "true" or "yes" => "on", "false" or "no" => "off", _ => text };
        return Rule.Split([", ", " or "], StringSplitOptions.None).FirstOrDefault(choice => choice == word);
    }

    // Parsed here, because Akka.NET compiles regular expressions for the first time or size. That takes 20 ms, a third of a client
    // command.
    private decimal? Measure(string? text)
    {
        var end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        var unit = text.AsSpan(end).Trim().ToString();
        return decimal.TryParse(text.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Kind switch
            {
                _ when unit.Length == 0 => number,
                "time" or TimeOrOff when Times.TryGetValue(unit, out var milliseconds) => number * milliseconds,
                "size" when Sizes.TryGetValue(unit, out var bytes) => number * bytes,
                _ => null,
            }
            : null;
    }

    private RaftConfigurationException Wrong(Config own, string expected) => new($"{this} is {Show(own)}; it must be {expected}.");

    private string Show(Config own) => own.GetString(Key) is { Length: > 0 } text ? $"'{text}'" : "empty, a list or an object";
}
