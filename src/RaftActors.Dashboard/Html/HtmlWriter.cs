using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace RaftActors.Dashboard.Html;

/// <summary>
/// Writes HTML. Invariant: only the literal parts of interpolated strings are written as they are. Each value in a hole is encoded, so a
/// name can end neither an element nor an attribute in double quotes. No method takes a string.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>Appends an interpolated string. A value of type <see cref="Markup"/> is already encoded.</summary>
    public void Add([InterpolatedStringHandlerArgument("")] ref Encoder markup) => markup.End();

    public override string ToString() => _text.ToString();

    /// <summary>Receives the parts of an interpolated string from the compiler.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Encoder(int literalLength, int formattedCount, HtmlWriter writer)
    {
        private readonly StringBuilder _text = writer._text;
        private readonly int _size = literalLength + formattedCount;

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Markup markup) => _text.Append(markup.Text);

        public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

        public void AppendFormatted<T>(T value, string? format) => _text.Append(HtmlEncoder.Default.Encode(
            value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? ""));

        public void End() => _text.EnsureCapacity(_size);
    }
}

/// <summary>HTML that an <see cref="HtmlWriter"/> wrote.</summary>
internal readonly record struct Markup
{
    private readonly string? _text;

    private Markup(string text) => _text = text;

    public string Text => _text ?? "";

    /// <param name="write">Writes it. Null writes nothing.</param>
    public static Markup Of(Action<HtmlWriter>? write)
    {
        HtmlWriter html = new();
        write?.Invoke(html);
        return new(html.ToString());
    }
}
