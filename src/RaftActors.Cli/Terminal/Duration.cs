namespace RaftActors.Cli.Terminal;

/// <summary>A time span with a unit: <c>250us</c>, <c>250ms</c>, <c>10s</c>, <c>1m</c>, <c>1.5h</c>.</summary>
internal static class Duration
{
    public const string Forms = "250ms, 10s or 1m";

    private static readonly (string Suffix, double Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <param name="unit">The unit of a number that has none.</param>
    /// <returns>Null: the text is none.</returns>
    public static TimeSpan? Parse(string text, TimeSpan unit) =>
        Quantity.Of(text, Units, unit.Ticks) is { } ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Parses an option's value, of 1 ms or more.</summary>
    /// <param name="place">Where the value came from, for the error message; empty: from the option.</param>
    /// <exception cref="UsageException">It is malformed or out of range.</exception>
    public static TimeSpan Parse(string text, string place, TimeSpan unit, TimeSpan max) =>
        Parse(text, unit) is { } time && time >= TimeSpan.FromMilliseconds(1) && time <= max
            ? time
            : throw new UsageException($"'{text}'{place} is not a duration from 1ms to {Text(max)}. Write {Forms}; a number alone means "
                + $"{(unit == TimeSpan.FromSeconds(1) ? "seconds" : "milliseconds")}.");

    private static string Text(TimeSpan time)
    {
        var (suffix, size) = Units.Last(each => time.Ticks % each.Ticks == 0);
        return $"{time.Ticks / size}{suffix}";
    }
}
