using System.Buffers.Text;
using System.Globalization;

namespace RaftActors.Coordination.Adapters;

/// <summary>A cached value as the text of an item: <c>ABSOLUTE|SLIDING|WRITTEN|BASE64URL</c>, in milliseconds.</summary>
/// <param name="Absolute">When it expires at the latest; null: never.</param>
/// <param name="Sliding">It expires if it was not read for so long; null: it does not.</param>
/// <param name="WrittenAt">By the clock of the node that wrote the item.</param>
internal sealed record CacheEntry(byte[] Value, DateTimeOffset? Absolute, TimeSpan? Sliding, DateTimeOffset WrittenAt)
{
    /// <summary>The time from its write until the group deletes it; null: the group keeps it.</summary>
    public TimeSpan? Left => (Absolute - WrittenAt, Sliding) switch
    {
        ({ } untilAbsolute, { } sliding) => untilAbsolute < sliding ? untilAbsolute : sliding,
        var (untilAbsolute, sliding) => untilAbsolute ?? sliding,
    };

    /// <summary>Null: the text is not one of an entry.</summary>
    public static CacheEntry? TryParse(string text) =>
        text.Split('|') is [var absolute, var sliding, var written, var value]
        && TryParse(written, out var writtenAt)
        && TryParse(absolute is "" ? "0" : absolute, out var absoluteAt)
        && TryParse(sliding is "" ? "0" : sliding, out var slidingFor)
        && Base64Url.IsValid(value)
            ? new CacheEntry(
                Base64Url.DecodeFromChars(value),
                absolute is "" ? null : DateTimeOffset.FromUnixTimeMilliseconds(absoluteAt),
                sliding is "" ? null : TimeSpan.FromMilliseconds(slidingFor),
                DateTimeOffset.FromUnixTimeMilliseconds(writtenAt))
            : null;

    public bool HasExpired(DateTimeOffset now) => Absolute <= now;

    /// <summary>
    /// A read has to write it again. The age is that of another node's clock: one that runs ahead by a quarter of the window must not keep
    /// the entry from being written, so a negative age counts, too.
    /// </summary>
    public bool IsDue(DateTimeOffset now) => Sliding is { } sliding && (now - WrittenAt).Duration() >= sliding / 4;

    // Not Base64, because the group counts its '+' as six bytes.
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Absolute?.ToUnixTimeMilliseconds()}|{(long?)Sliding?.TotalMilliseconds}|{WrittenAt.ToUnixTimeMilliseconds()}|"
            + $"{Base64Url.EncodeToString(Value)}");

    private static bool TryParse(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
