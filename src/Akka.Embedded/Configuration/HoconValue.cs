using System.Text;

namespace Akka.Configuration;

/// <summary>The place of a value: file name (or "&lt;string&gt;"), line and column, both from 1.</summary>
internal readonly record struct HoconOrigin(string Source, int Line, int Column)
{
    public override string ToString() => $"{Source}:{Line}:{Column}";
}

/// <summary>A resolved value. It contains no substitutions and is immutable, so threads may share it.</summary>
internal abstract class HoconValue : Hocon.HoconValue
{
    /// <summary>Returns the value as HOCON. Parsing that text gives the same value.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, indent: 0);
        return text.ToString();
    }

    public abstract void Write(StringBuilder text, int indent);

    /// <summary>Number of objects and lists inside of each other, with this one. A text has none.</summary>
    public virtual int Depth => 0;

    /// <summary>Number of characters and values, as written out.</summary>
    public abstract long Size { get; }
}

/// <summary>A number, boolean or string: HOCON decides on access. The text is null for <c>null</c>.</summary>
internal sealed class HoconText(string? text, HoconOrigin origin, bool isQuoted) : HoconValue
{
    public string? Text { get; } = text;

    public HoconOrigin Origin { get; } = origin;

    public override long Size => 1L + (Text?.Length ?? 0);

    public bool IsSpace => !isQuoted && string.IsNullOrWhiteSpace(Text) && Text is not null;

    public override void Write(StringBuilder text, int indent) => text.Append(isQuoted ? Quote(Text!) : Text ?? "null");

    /// <summary>Returns a text in quotes, with special characters escaped.</summary>
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

    public override int Depth { get; } = 1 + items.Select(item => item.Depth).DefaultIfEmpty().Max();

    public override long Size { get; } = 1 + items.Sum(item => item.Size);

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
