using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace RaftActors;

/// <summary>
/// The number of an appended pair: 1, 2, 3 and so on without gaps; 0 is none. Its text is decimal digits, which routes and forms read as
/// <see cref="IParsable{TSelf}"/>.
/// </summary>
public readonly record struct Serial(long Value) : IComparable<Serial>, IParsable<Serial>
{
    /// <summary>No pair yet.</summary>
    public static Serial Zero => new(0);

    /// <summary>The number of the next pair.</summary>
    // Ignored, because JSON would otherwise contain the next serial of each next serial, without end.
    [JsonIgnore]
    public Serial Next => new(Value + 1);

    internal Serial Plus(int pairs) => new(Value + pairs);

    int IComparable<Serial>.CompareTo(Serial other) => Value.CompareTo(other.Value);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Serial left, Serial right) => left.Value < right.Value;

    /// <summary>Later than.</summary>
    public static bool operator >(Serial left, Serial right) => left.Value > right.Value;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Serial left, Serial right) => left.Value <= right.Value;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Serial left, Serial right) => left.Value >= right.Value;

    /// <summary>Parses decimal digits.</summary>
    /// <param name="s">The digits, without a sign or spaces.</param>
    /// <param name="provider">Ignored: the text of a serial is the same everywhere.</param>
    /// <exception cref="FormatException">The text is none, or the number exceeds 64 bits.</exception>
    public static Serial Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, out var serial) ? serial : throw new FormatException($"'{s}' is no serial; it is a number from 0 on.");

    /// <inheritdoc cref="TryParse(string?, out Serial)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Serial result) => TryParse(s, out result);

    /// <summary>Parses decimal digits; false if the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out Serial result)
    {
        var isSerial = long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        result = new Serial(value);
        return isSerial;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
