using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

using Microsoft.CodeAnalysis;

namespace House.Tests;

/// <summary>An internal type or member of a library that a friend of the library uses.</summary>
internal sealed record InternalUse(string Namespace, string Type, string Member)
{
    /// <returns>The internal types and members of the library that the compiled assembly uses.</returns>
    public static IEnumerable<InternalUse> Of(string host, string library)
    {
        var folder = AppContext.BaseDirectory;
        var types = Compilation.AssemblyIn(folder, library);
        using var file = new PEReader(File.OpenRead(Path.Combine(folder, $"{host}.dll")));
        var metadata = file.GetMetadataReader();

        return
        [
            .. metadata.TypeReferences.Select(metadata.GetTypeReference).Where(type => IsOf(metadata, type, library))
                .Where(type => Find(types, metadata, type) is not { DeclaredAccessibility: Accessibility.Public })
                .Select(type => new InternalUse(metadata.GetString(type.Namespace), metadata.GetString(type.Name), "")),
            .. metadata.MemberReferences.Select(metadata.GetMemberReference)
                .Where(member => member.Parent.Kind == HandleKind.TypeReference)
                .Select(member => (
                    Member: metadata.GetString(member.Name), Type: metadata.GetTypeReference((TypeReferenceHandle)member.Parent)))
                .Where(use => IsOf(metadata, use.Type, library))
                .Where(use => Find(types, metadata, use.Type) is { } type && !type.GetMembers(use.Member).Any(IsVisible))
                .Select(use => new InternalUse(metadata.GetString(use.Type.Namespace), metadata.GetString(use.Type.Name), use.Member)),
        ];
    }

    // A nested type is left out: it is as visible as the type around it, or the compiler refuses it.
    private static bool IsOf(MetadataReader metadata, TypeReference type, string library) =>
        type.ResolutionScope.Kind == HandleKind.AssemblyReference
        && metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == library;

    private static INamedTypeSymbol? Find(IAssemblySymbol types, MetadataReader metadata, TypeReference type) =>
        types.GetTypeByMetadataName($"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}");

    private static bool IsVisible(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;
}
