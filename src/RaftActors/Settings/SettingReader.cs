using System.Globalization;

using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>
/// Reads single settings of <c>raft</c>, or of a group. Each method throws a <see cref="RaftConfigurationException"/> if the value has the
/// wrong type. Akka.NET throws exceptions of many types that do not name the setting.
/// </summary>
internal static class SettingReader
{
    public static bool ReadFlag(this Config config, string key) => config.Read(key, () => config.GetBoolean(key), "on or off");

    public static int ReadNumber(this Config config, string key) => config.Read(key, () => config.GetInt(key), "a whole number");

    /// <summary>Returns bytes.</summary>
    public static long ReadSize(this Config config, string key) =>
        config.Read(key, () => Split(config, key, out var number) switch
        {
            "b" => number,
            "MB" => number * 1_000_000L,
            "MiB" => (long)number << 20,
            _ => config.GetByteSize(key) ?? 0,
        }, "a size, such as 64kB or 1MiB");

    /// <summary>A time above zero.</summary>
    public static TimeSpan ReadTime(this Config config, string key)
    {
        var time = config.Read(key, () => Split(config, key, out var number) switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            _ => config.GetTimeSpan(key, allowInfinite: false),
        }, "a time, such as 500ms or 2s");
        Demand(time > TimeSpan.Zero, $"raft.{key} is {time}; it must be above zero.");
        return time;
    }

    public static IEnumerable<string> ReadList(this Config config, string key) =>
        config.Read(key, () => config.GetStringList(key), "a list, such as [\"a\", \"b\"]");

    // Splits a usual size or time, without a fraction or a space. Akka.NET would compile regular expressions for the first of them, which
    // takes 20 ms: a third of the time of a client command.
    private static string Split(Config config, string key, out int number)
    {
        var text = config.GetString(key) ?? "";
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        number = 0;
        return digits > 0 && int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? text[digits..]
            : "";
    }

    private static T Read<T>(this Config config, string key, Func<T> read, string expected)
    {
        try
        {
            return read();
        }
        catch (Exception cause)
        {
            throw new RaftConfigurationException($"raft.{key} is {config.Show(key)}; it must be {expected}.", cause);
        }
    }

    private static string Show(this Config config, string key)
    {
        try
        {
            return $"'{config.GetString(key)}'";
        }
        catch (Exception)
        {
            return "a list or an object";
        }
    }
}
