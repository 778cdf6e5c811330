using Microsoft.CodeAnalysis;

using static System.Net.WebUtility;

namespace RaftActors.Site.Api;

/// <summary>A page for each public type, and one that lists them by package and namespace.</summary>
internal static class ApiPages
{
    public const string Index = "api/index.html";

    public static IEnumerable<ApiPage> All()
    {
        var assemblies = ApiAssemblies.Load().ToList();
        var places = assemblies.SelectMany(PublicTypes.In).Select(type => type.GetDocumentationCommentId())
            .OfType<string>().ToDictionary(id => id, PlaceOf);
        var text = new XmlText(places);
        return assemblies.SelectMany(PublicTypes.In)
            .Select(type => TypePage.Of(type, PlaceOf(type.GetDocumentationCommentId()!), text)) // Justification: a type has an id.
            .Prepend(IndexOf(assemblies, text));
    }

    // T:RaftActors.RaftClient`2 is in api/RaftActors.RaftClient-2.html.
    private static string PlaceOf(string id) => $"api/{id[2..].Replace('`', '-')}.html";

    private static ApiPage IndexOf(List<IAssemblySymbol> assemblies, XmlText text) => new(
        Index,
        "API",
        $"<h1>API</h1>\n{string.Concat(assemblies.Select(assembly => TableOf(assembly, text)))}",
        "all packages, namespaces and types");

    private static string TableOf(IAssemblySymbol assembly, XmlText text) =>
        $"<h2>{HtmlEncode(assembly.Name)}</h2>\n<div class=\"table\"><table><tbody>"
        + string.Concat(PublicTypes.In(assembly).Select(type => RowOf(type, text)))
        + "</tbody></table></div>\n";

    private static string RowOf(INamedTypeSymbol type, XmlText text)
    {
        var place = PlaceOf(type.GetDocumentationCommentId()!); // Justification: a type has an id.
        return $"<tr><td><a href=\"{Places.Link(Index, place)}\">{HtmlEncode(PublicTypes.NameOf(type))}</a></td>"
            + $"<td>{text.Summary(type, Index)}</td></tr>\n";
    }
}

/// <param name="Text">For the search.</param>
internal sealed record ApiPage(string Place, string Title, string Body, string Text);
