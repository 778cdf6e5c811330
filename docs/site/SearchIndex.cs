using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RaftActors.Site;

/// <summary>The file that the script of the site searches: an entry for each section of a page, and for each type of the API.</summary>
internal sealed partial class SearchIndex
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Entry> _entries = [];

    public void Add(string place, string title, string heading, string text)
    {
        _entries.Add(new(place, title, heading, Blanks().Replace(text, " ").Trim()));
    }

    public string Json() => JsonSerializer.Serialize(_entries, Options);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    // The script knows these names.
    private sealed record Entry(string Place, string Title, string Heading, string Text);
}
