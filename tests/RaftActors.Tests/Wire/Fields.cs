using System.Collections;

namespace RaftActors.Tests.Wire;

/// <summary>
/// A message as text, field by field down to the last: a field that is neither written nor read has another text when it is back, where
/// the bytes are the same, and a list does not compare by reference.
/// </summary>
internal static class Fields
{
    public static string Of(object? value) => value switch
    {
        null => "none",
        string text => text,
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Of))}]",
        _ => $"{value.GetType().Name}({OfRecord(value)})",
    };

    private static string OfRecord(object value)
    {
        var hasResult = value is not IOutcome { HasResult: false };
        var fields = value.GetType().GetProperties().Where(each => each.CanWrite && (hasResult || each.Name != "Result")).ToArray();
        return fields.Length == 0 ? $"{value}" : string.Join(", ", fields.Select(field => $"{field.Name}={Of(field.GetValue(value))}"));
    }
}
