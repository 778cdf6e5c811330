using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace RaftActors;

/// <summary>
/// The name of a raft process, such as <c>raft1@node1@localhost</c>: its own name, then the name of its node. It is configured,
/// stays the same across restarts, and is not an address. The order of names is ordinal; the lowest name decides ties in elections.
/// </summary>
public readonly record struct ProcessName : IComparable<ProcessName>, IParsable<ProcessName>
{
    private const int ShownMax = 50;

    /// <summary>
    /// The most characters of a full name, far more than the longest host name, 253, needs. Other nodes and clients send names, and a
    /// bound on their number bounds the memory only if each name has a bound.
    /// </summary>
    internal const int LengthMax = 1000;

    /// <summary>Splits a full name at its first <c>@</c>.</summary>
    /// <exception cref="FormatException">
    /// The text has no <c>@</c>, one of the two parts is empty, or the text has more than 1,000 characters.
    /// </exception>
    public ProcessName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LengthMax)
        {
            throw new FormatException(
                $"A process name has {text.Length} characters: '{text.AsSpan(0, ShownMax)}...'. Use one of at most {LengthMax}.");
        }

        Value = IsName(text)
            ? text
            : throw new FormatException($"'{text}' is no process name; it has the form 'process@node', as in 'raft1@node1@localhost'.");
    }

    /// <summary>The full name.</summary>
    public string Value { get; }

    /// <summary>The part before the first <c>@</c>: <c>raft1</c>.</summary>
    [JsonIgnore]
    public string Process => Value[..Value.IndexOf('@')];

    /// <summary>The part after the first <c>@</c>: <c>node1@localhost</c>.</summary>
    [JsonIgnore]
    public string Node => Value[(Value.IndexOf('@') + 1)..];

    /// <summary>Parses a full name, as the constructor does.</summary>
    /// <param name="s">The full name.</param>
    /// <param name="provider">Ignored: the text of a name is the same everywhere.</param>
    /// <exception cref="FormatException">
    /// The text has no <c>@</c>, one of the two parts is empty, or the text has more than 1,000 characters.
    /// </exception>
    public static ProcessName Parse(string s, IFormatProvider? provider = null) => new(s);

    /// <inheritdoc cref="TryParse(string?, out ProcessName)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ProcessName result) =>
        TryParse(s, out result);

    /// <summary>Parses a full name; false if the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out ProcessName result)
    {
        var isName = s is not null && IsName(s);
        result = isName ? new ProcessName(s!) : default; // Justification: the text was not null, as just asked.
        return isName;
    }

    /// <inheritdoc/>
    int IComparable<ProcessName>.CompareTo(ProcessName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsName(string text) =>
        text.Length <= LengthMax && text.IndexOf('@') is > 0 and var at && at < text.Length - 1;
}
