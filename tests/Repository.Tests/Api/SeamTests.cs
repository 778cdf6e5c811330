using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Repository.Tests.Api;

/// <summary>
/// The internal types of the kernel that RaftActors.Testing uses, which runs engines on disks, networks and clocks of its own. They are the
/// one seam between the kernel and a package further out. A user must be able to do without it, so no other package has one.
/// <c>RAFTACTORS_REWRITE=1 dotnet test tests/Repository.Tests</c> writes the file.
/// </summary>
public sealed class SeamTests
{
    private const string Package = "RaftActors.Testing";

    [Fact]
    public void Internal_types_that_the_package_for_tests_uses_are_the_recorded_ones()
    {
        var file = Path.Combine(Repository.Root, $"tests/Repository.Tests/Api/{Package}.seam");
        var used = Used().Order(StringComparer.Ordinal).ToList();
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            File.WriteAllLines(file, used);
        }

        Assert.Equal(File.ReadAllLines(file), used);
    }

    private static IEnumerable<string> Used()
    {
        using PEReader assembly = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{Package}.dll")));
        var metadata = assembly.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(each => TypeOf(metadata, each)).OfType<Type>().Where(type => !type.IsVisible)
            .Select(type => $"{type.Assembly.GetName().Name}: {type.FullName}")];
    }

    // Null for a type of another library.
    private static Type? TypeOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var reference = metadata.GetTypeReference(handle);
        var name = metadata.GetString(reference.Name);
        switch (reference.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                return TypeOf(metadata, (TypeReferenceHandle)reference.ResolutionScope)
                    ?.GetNestedType(name, BindingFlags.NonPublic | BindingFlags.Public);
            case HandleKind.AssemblyReference:
                var owner = metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name);
                return owner.StartsWith("RaftActors", StringComparison.Ordinal)
                    ? Assembly.Load(owner).GetType($"{metadata.GetString(reference.Namespace)}.{name}", throwOnError: true)
                    : null;
            default:
                return null;
        }
    }
}
