namespace Repository.Tests.Api;

/// <summary>
/// The public API of an assembly as text: one line for each type and each member that other assemblies can use. A member that only
/// overrides another, or that the compiler adds to a record, has no line.
/// </summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat TypeName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance
            | SymbolDisplayGenericsOptions.IncludeTypeConstraints);

    private static readonly SymbolDisplayFormat BaseName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat Member = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: TypeName.GenericsOptions,
        memberOptions: SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeModifiers
            | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters
            | SymbolDisplayMemberOptions.IncludeConstantValue,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        parameterOptions: SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeType
            | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        miscellaneousOptions: BaseName.MiscellaneousOptions);

    /// <returns>The lines, sorted.</returns>
    public static IEnumerable<string> Of(IAssemblySymbol assembly) =>
        TypesOf(assembly.GlobalNamespace).SelectMany(LinesOf).Order(StringComparer.Ordinal);

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol container) =>
        container.GetMembers().OfType<INamespaceOrTypeSymbol>()
            .Where(member => member is INamespaceSymbol || IsVisible(member))
            .SelectMany(member => member is INamedTypeSymbol type ? TypesOf(type).Prepend(type) : TypesOf(member));

    private static IEnumerable<string> LinesOf(INamedTypeSymbol type)
    {
        var name = type.ToDisplayString(TypeName);
        var members = type.TypeKind == TypeKind.Delegate ? [] : type.GetMembers().Where(member => member is not INamedTypeSymbol);

        return members.Where(IsVisible).Where(IsDeclared)
            .Select(member => $"{name}: {member.ToDisplayString(Member)}")
            .Prepend($"{name} is {string.Join(' ', KindOf(type))}");
    }

    private static IEnumerable<string> KindOf(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Delegate)
        {
            return [$"delegate {type.DelegateInvokeMethod!.ToDisplayString(Member)}"];
        }

        string[] modifiers = type.TypeKind != TypeKind.Class ? [] : [(type.IsStatic, type.IsAbstract, type.IsSealed) switch
        {
            (true, _, _) => "static",
            (_, true, _) => "abstract",
            (_, _, true) => "sealed",
            _ => "open",
        }];
        var bases = type.Interfaces.Append(type.BaseType).OfType<INamedTypeSymbol>()
            .Where(each => each.SpecialType is SpecialType.None && each.Name != nameof(IEquatable<>))
            .Select(each => each.ToDisplayString(BaseName))
            .Order(StringComparer.Ordinal)
            .ToList();

        return
        [
            .. modifiers,
            type.IsRecord ? "record" : type.TypeKind.ToString().ToLowerInvariant(),
            .. bases.Count == 0 ? Array.Empty<string>() : [$"of {string.Join(", ", bases)}"],
        ];
    }

    private static bool IsVisible(ISymbol symbol) => symbol.DeclaredAccessibility switch
    {
        Accessibility.Public => true,
        Accessibility.Protected or Accessibility.ProtectedOrInternal => symbol.ContainingType is { IsSealed: false },
        _ => false,
    };

    private static bool IsDeclared(ISymbol member) =>
        !member.IsOverride
        && !member.IsImplicitlyDeclared
        && member is not IMethodSymbol { AssociatedSymbol: not null }
        && member is not IPropertySymbol { Name: "EqualityContract" }
        && !(member is IMethodSymbol && member.GetAttributes().Any(each => each.AttributeClass?.Name == "CompilerGeneratedAttribute"));
}
