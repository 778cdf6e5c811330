using Microsoft.CodeAnalysis;

namespace RaftActors.Site.Api;

/// <summary>The types and members that users of the packages can see.</summary>
internal static class PublicTypes
{
    private static readonly SymbolDisplayFormat Name = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    /// <returns>The types of an assembly, nested ones included, by namespace and name.</returns>
    public static IEnumerable<INamedTypeSymbol> In(IAssemblySymbol assembly) =>
        In(assembly.GlobalNamespace).OrderBy(type => $"{type.ContainingNamespace} {NameOf(type)}", StringComparer.Ordinal);

    public static string NameOf(INamedTypeSymbol type) => type.ToDisplayString(Name);

    /// <returns>The members that the type itself declares.</returns>
    public static IEnumerable<ISymbol> MembersOf(INamedTypeSymbol type) => type.GetMembers().Where(member =>
        IsVisible(member)
        && !member.IsOverride
        && !member.IsImplicitlyDeclared
        && member is not (INamedTypeSymbol or IMethodSymbol { AssociatedSymbol: not null })
        && !member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute"));

    private static IEnumerable<INamedTypeSymbol> In(INamespaceOrTypeSymbol container) =>
        container.GetMembers().OfType<INamespaceOrTypeSymbol>()
            .Where(member => member is INamespaceSymbol || IsVisible(member))
            .SelectMany(member => member is INamedTypeSymbol type ? In(type).Prepend(type) : In(member));

    private static bool IsVisible(ISymbol symbol) => symbol.DeclaredAccessibility switch
    {
        Accessibility.Public => true,
        Accessibility.Protected or Accessibility.ProtectedOrInternal => symbol.ContainingType is { IsSealed: false },
        _ => false,
    };
}
