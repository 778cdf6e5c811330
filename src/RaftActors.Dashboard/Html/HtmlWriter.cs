using System.Globalization;
using System.Text.Encodings.Web;

using Microsoft.AspNetCore.Html;

namespace RaftActors.Dashboard.Html;

/// <summary>
/// Writes HTML. Invariant: only the literal parts of interpolated strings are written as they are. Each value in a hole is encoded, so a
/// name can end neither an element nor an attribute in double quotes. No method takes a string.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly HtmlContentBuilder _content = new();

    /// <summary>Appends an interpolated string. An <see cref="IHtmlContent"/> is already encoded.</summary>
    public void Add(FormattableString markup) =>
        _content.AppendFormat(CultureInfo.InvariantCulture, markup.Format, markup.GetArguments());

    public override string ToString()
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        _content.WriteTo(text, HtmlEncoder.Default);
        return text.ToString();
    }
}
