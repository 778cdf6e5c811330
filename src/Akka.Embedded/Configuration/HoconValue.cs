using System.Text;

namespace Akka.Configuration;

/// <summary>Where something was written: a file's name (or "&lt;string&gt;"), its line and its column, both from 1.</summary>
internal readonly record struct HoconOrigin(string Source, int Line, int Column)
{
    public override string ToString() => $"{Source}:{Line}:{Column}";
}

/// <summary>A finished value: no substitution is left in it, and nothing changes it any more, so threads may share it.</summary>
internal abstract class HoconValue : Hocon.HoconValue
{
    /// <summary>The value as HOCON that gives the same value when it is read again.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, indent: 0);
        return text.ToString();
    }

    public abstract void Write(StringBuilder text, int indent);
}

/// <summary>A number, a boolean, a string: HOCON tells them apart only when they are asked for. The text is null for <c>null</c>.</summary>
internal sealed class HoconText(string? text, HoconOrigin origin, bool isQuoted) : HoconValue
{
    public string? Text { get; } = text;

    public HoconOrigin Origin { get; } = origin;

    public bool IsSpace => !isQuoted && string.IsNullOrWhiteSpace(Text) && Text is not null;

    public override void Write(StringBuilder text, int indent) => text.Append(isQuoted ? Quote(Text!) : Text ?? "null");

    /// <summary>Text in quotes, with the characters escaped that may not stand there.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => quoted.Append('\\').Append(character),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append($"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }
}

internal sealed class HoconArray(IReadOnlyList<HoconValue> items) : HoconValue
{
    public IReadOnlyList<HoconValue> Items { get; } = items;

    public override void Write(StringBuilder text, int indent)
    {
        text.Append('[');
        for (var i = 0; i < Items.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Items[i].Write(text, indent);
        }

        text.Append(']');
    }
}
