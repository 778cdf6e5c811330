using System.Globalization;
using System.Xml.Linq;

using Microsoft.CodeAnalysis;

namespace RaftActors.Site.Api;

/// <summary>The XML documentation that the compiler has written beside an assembly.</summary>
internal sealed class XmlFile(string file) : DocumentationProvider
{
    private readonly Dictionary<string, string> _texts = XDocument.Load(file).Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.ToString()); // Justification: the compiler names each.

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => file.GetHashCode(StringComparison.Ordinal);

    protected override string? GetDocumentationForSymbol(string documentationMemberID, CultureInfo culture, CancellationToken token) =>
        _texts.GetValueOrDefault(documentationMemberID);
}
