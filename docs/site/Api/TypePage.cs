using Microsoft.CodeAnalysis;

using static System.Net.WebUtility;

namespace RaftActors.Site.Api;

/// <summary>The page of one type: what it is, and its members with their texts.</summary>
internal static class TypePage
{
    private static readonly SymbolDisplayFormat Signature = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance
            | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeType
            | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeConstantValue,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        parameterOptions: SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeType
            | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static ApiPage Of(INamedTypeSymbol type, string place, XmlText text)
    {
        var name = PublicTypes.NameOf(type);
        var members = type.TypeKind == TypeKind.Delegate ? [] : PublicTypes.MembersOf(type).ToList();
        var body = $"<h1>{HtmlEncode(name)}</h1>\n"
            + $"<p>Namespace <code>{type.ContainingNamespace}</code>, package <code>{type.ContainingAssembly.Name}</code></p>\n"
            + $"<pre><code>{HtmlEncode(type.ToDisplayString(Signature))}</code></pre>\n"
            + text.All(type, place)
            + string.Concat(members.Select(member =>
                $"<h2 class=\"member\"><code>{HtmlEncode(member.ToDisplayString(Signature))}</code></h2>\n{text.All(member, place)}"));
        return new(place, name, body, $"{name} {string.Join(' ', members.Select(member => member.Name).Distinct())}");
    }
}
