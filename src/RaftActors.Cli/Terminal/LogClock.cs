using System.Globalization;

namespace RaftActors.Cli.Terminal;

/// <summary>Writes times of logs and events, as ISO 8601 in UTC with milliseconds.</summary>
internal static class LogClock
{
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
