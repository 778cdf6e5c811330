using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace House.Tests;

/// <summary>
/// A type of the product has at most 20 instance fields and 60 methods. A type with more has several matters, and is divided.
/// </summary>
public sealed class ShapeTests
{
    private const int FieldsMax = 20;
    private const int MethodsMax = 60;

    /// <summary>Types above a limit, each with its reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["RaftActors.Core.CoreOptions"] = "Settings: one property for each. None depends on another, and tests set them one by one.",
        ["RaftActors.Engine.EngineContext"] = "The parts of an engine and the state that they share. A part reaches every other one here.",
    };

    private static readonly Lazy<Dictionary<string, Shape>> Product =
        new(() => Measure(Repository.Files("*.cs", "src").Select(Repository.Read)));

    [Fact]
    public void No_type_has_more_than_20_fields_or_60_methods() => Assert.Empty(
        Product.Value.Where(type => IsLarge(type.Value) && !Exceptions.ContainsKey(type.Key)).Select(type => $"{type.Key}: {type.Value}"));

    [Fact]
    public void Every_exception_is_still_needed() => Assert.All(Exceptions.Keys, type => Assert.True(IsLarge(Product.Value[type]), type));

    [Fact]
    public void Fields_auto_properties_parameters_and_events_of_all_parts_are_counted()
    {
        var shape = Measure(
        [
            """
            namespace A { partial class B(int c) { int d, e; int F { get; set; } event Action? G; } }
            """,
            """
            namespace A; partial class B { const int H = 1; static int I; static int J { get; set; } int K => c; void L() { } B() { } }
            """,
        ])["A.B"];

        Assert.Equal(new Shape(Fields: 5, Methods: 3), shape);
    }

    private static bool IsLarge(Shape shape) => shape.Fields > FieldsMax || shape.Methods > MethodsMax;

    /// <summary>Returns the shape of each type, by its full name. The parts of a partial type are added up.</summary>
    private static Dictionary<string, Shape> Measure(IEnumerable<string> sources) =>
        sources.SelectMany(source => CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>())
            .GroupBy(FullNameOf)
            .ToDictionary(parts => parts.Key, parts => new Shape(parts.Sum(FieldsOf), parts.Sum(MethodsOf)));

    private static string FullNameOf(TypeDeclarationSyntax type) =>
        string.Join('.', type.AncestorsAndSelf().Reverse().Select(node => node switch
        {
            BaseNamespaceDeclarationSyntax space => $"{space.Name}",
            TypeDeclarationSyntax { Arity: > 0 } generic => $"{generic.Identifier.Text}`{generic.Arity}",
            TypeDeclarationSyntax plain => plain.Identifier.Text,
            _ => "",
        }).Where(name => name.Length > 0));

    private static int FieldsOf(TypeDeclarationSyntax type) =>
        (type.ParameterList?.Parameters.Count ?? 0)
        + type.Members.Where(IsOfInstance).Sum(member => member switch
        {
            BaseFieldDeclarationSyntax field => field.Declaration.Variables.Count,
            PropertyDeclarationSyntax property when type is not InterfaceDeclarationSyntax && !HasBody(property) => 1,
            _ => 0,
        });

    private static int MethodsOf(TypeDeclarationSyntax type) =>
        type.Members.Count(member => member switch
        {
            PropertyDeclarationSyntax property => HasBody(property),
            _ => member is BaseMethodDeclarationSyntax or IndexerDeclarationSyntax,
        });

    private static bool IsOfInstance(MemberDeclarationSyntax member) =>
        !member.Modifiers.Any(SyntaxKind.StaticKeyword)
        && !member.Modifiers.Any(SyntaxKind.ConstKeyword)
        && !member.Modifiers.Any(SyntaxKind.AbstractKeyword);

    private static bool HasBody(PropertyDeclarationSyntax property) =>
        property.ExpressionBody is not null
        || property.AccessorList!.Accessors.Any(accessor => accessor.Body is not null || accessor.ExpressionBody is not null);

    private sealed record Shape(int Fields, int Methods);
}
