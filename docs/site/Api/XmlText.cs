using System.Xml.Linq;

using Microsoft.CodeAnalysis;

using static System.Net.WebUtility;

namespace RaftActors.Site.Api;

/// <summary>Renders the XML documentation of a type or a member as HTML.</summary>
/// <param name="places">The pages of types, by the ids of these.</param>
internal sealed class XmlText(IReadOnlyDictionary<string, string> places)
{
    public string Summary(ISymbol symbol, string place) => Read(symbol)?.Element("summary") is { } summary ? Inner(summary, place) : "";

    public string All(ISymbol symbol, string place)
    {
        if (Read(symbol) is not { } xml)
        {
            return "";
        }

        var parts = xml.Elements().Select(part => part.Name.LocalName switch
        {
            "summary" or "remarks" => $"<p>{Inner(part, place)}</p>\n",
            "param" or "typeparam" => $"<p><code>{HtmlEncode(part.Attribute("name")?.Value)}</code>: {Inner(part, place)}</p>\n",
            "returns" => $"<p>Returns: {Inner(part, place)}</p>\n",
            "exception" => $"<p>Throws {Reference(part, place)}: {Inner(part, place)}</p>\n",
            _ => "",
        });
        return string.Concat(parts);
    }

    private static XElement? Read(ISymbol symbol) =>
        symbol.GetDocumentationCommentXml() is { Length: > 0 } text ? XElement.Parse($"<doc>{text}</doc>").Element("member") : null;

    private string Inner(XElement element, string place) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => HtmlEncode(text.Value),
        XElement { Name.LocalName: "para" } part => $"<br>{Inner(part, place)}",
        XElement { Name.LocalName: "see" or "seealso" } part => Reference(part, place),
        XElement { Name.LocalName: "paramref" or "typeparamref" } part => $"<code>{HtmlEncode(part.Attribute("name")?.Value)}</code>",
        XElement { Name.LocalName: "code" } part => $"<code class=\"block\">{HtmlEncode(part.Value)}</code>",
        XElement { Name.LocalName: "c" } part => $"<code>{HtmlEncode(part.Value)}</code>",
        XElement { Name.LocalName: "list" } part => $"<ul>{Inner(part, place)}</ul>",
        XElement { Name.LocalName: "item" } part => $"<li>{Inner(part, place)}</li>",
        XElement part => Inner(part, place),
        _ => "",
    }));

    // A member leads to the page of its type. A type of another library has no page.
    private string Reference(XElement element, string place)
    {
        var id = element.Attribute("cref")?.Value ?? element.Attribute("langword")?.Value ?? "";
        var text = element.Name.LocalName == "exception" || element.Value == "" ? NameOf(id) : element.Value;
        var shown = $"<code>{HtmlEncode(text)}</code>";
        return places.TryGetValue(OwnerOf(id), out var page) ? $"<a href=\"{Places.Link(place, page)}\">{shown}</a>" : shown;
    }

    // M:RaftActors.Raft.Get(Akka.Actor.ActorSystem) belongs to T:RaftActors.Raft.
    private static string OwnerOf(string id) =>
        id.Length < 2 || id.StartsWith("T:", StringComparison.Ordinal) ? id : $"T:{Before(Before(id, '('), '.', last: true)[2..]}";

    private static string NameOf(string id) => Before(Before(id, '('), '`').Split('.')[^1].Split(':')[^1];

    private static string Before(string text, char end, bool last = false)
    {
        var at = last ? text.LastIndexOf(end) : text.IndexOf(end, StringComparison.Ordinal);
        return at < 0 ? text : text[..at];
    }
}
