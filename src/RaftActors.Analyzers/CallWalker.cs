using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace RaftActors.Analyzers;

/// <summary>
/// Follows the calls of a callback through the code of the compilation, and reports what differs between nodes. Calls of abstract and
/// virtual members lead to all of their overrides.
/// </summary>
internal sealed class CallWalker(Compilation compilation, bool hasCultures, Action<Diagnostic> report, CancellationToken stopping)
{
    // The most nested calls that are followed, which bounds the time. The callbacks of actors nest less.
    private const int DepthMax = 8;

    // Arguments of these are not searched, because text for people or for the runtime does not change a replica.
    private static readonly string[] Aside =
    [
        "Akka.Actor.Props", "Akka.Event.", "Microsoft.Extensions.Logging.", "NLog.", "Serilog.", "System.Console", "System.Diagnostics.",
    ];

    private readonly HashSet<ISymbol> _followed = new(SymbolEqualityComparer.Default);
    private readonly Queue<(IMethodSymbol Method, int Depth)> _waiting = new();
    private readonly HashSet<(string Id, IOperation Place)> _found = [];
    private string _place = "";
    private int _depth;

    public void Walk(IMethodSymbol callback)
    {
        Follow(callback);
        while (_waiting.Count > 0)
        {
            (var method, _depth) = _waiting.Dequeue();
            stopping.ThrowIfCancellationRequested();
            _place = _depth == 0 ? callback.Describe() : $"{method.Describe()}, which {callback.Describe()} calls,";
            foreach (var body in BodiesOf(method))
            {
                Visit(body);
            }

            _depth++;
        }
    }

    private void Visit(IOperation operation)
    {
        if (operation is INameOfOperation || (!Check(operation) && IsAside(operation)))
        {
            return;
        }

        foreach (var child in operation.ChildOperations)
        {
            Visit(child);
        }
    }

    // Returns true if it has reported the operation.
    private bool Check(IOperation operation)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                Follow(call.TargetMethod);
                if (IsOtherHash(call))
                {
                    return Report(Rules.Hash, call, call.TargetMethod.Called());
                }

                break;
            case IPropertyReferenceOperation { Property: var property }:
                Follow(property.GetMethod);
                Follow(property.SetMethod);
                break;
            case IObjectCreationOperation { Constructor: { } constructor }:
                Follow(constructor);
                break;
            case IMethodReferenceOperation { Method: var method }:
                Follow(method);
                break;
            case IAwaitOperation or IForEachLoopOperation { IsAsynchronous: true }:
                return Report(Rules.Async, operation, "await");
        }

        if (MemberOf(operation) is { } member)
        {
            if (IsStaticState(operation, member))
            {
                return Report(Rules.Machine, operation, member.Called());
            }

            var name = member is IMethodSymbol { MethodKind: MethodKind.Constructor } made
                ? made.Parameters.Length == 0 ? ".ctor()" : ".ctor"
                : member.Name;
            if (DriftingCalls.RuleOf(member.ContainingType.FullName(), name) is { } rule && !IsSeeded(operation))
            {
                return Report(rule, operation, member.Called(), rule == Rules.Clock ? EntryTime.Find(operation) : null);
            }
        }

        if (HashOrder.Reaches(operation, isCallback: _depth == 0, compilation))
        {
            return Report(Rules.Order, operation, operation.Syntax.ToString());
        }

        return hasCultures && Culture.Find(operation) is var (what, fix) && Report(Rules.Culture, operation, what, fix);
    }

    private bool Report(string rule, IOperation operation, string what, string? fix = null)
    {
        // One finding for TimeProvider.System.GetUtcNow(), which has two calls that drift.
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (_found.Contains((rule, outer)))
            {
                return true;
            }
        }

        _found.Add((rule, operation));
        var properties = System.Collections.Immutable.ImmutableDictionary<string, string?>.Empty;
        report(Diagnostic.Create(
            Rules.Of(rule), PlaceOf(operation.Syntax), fix is null ? properties : properties.Add(Rules.Fix, fix), _place, what));
        return true;
    }

    // Only the last call of a chain over several lines.
    private static Location PlaceOf(SyntaxNode node) =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } }
        && name.GetLocation().GetLineSpan().StartLinePosition.Line > node.GetLocation().GetLineSpan().StartLinePosition.Line
            ? Location.Create(node.SyntaxTree, TextSpan.FromBounds(name.SpanStart, node.Span.End))
            : node.GetLocation();

    private void Follow(IMethodSymbol? method)
    {
        method = method?.OriginalDefinition;
        if (method is null || method.MethodKind == MethodKind.LocalFunction || IsOutput(method) || method.Name == "GetHashCode"
            || !IsSame(method.ContainingAssembly, compilation.Assembly)
            || !_followed.Add(method))
        {
            return;
        }

        var depth = _followed.Count == 1 ? 0 : _depth + 1;
        if (depth > DepthMax)
        {
            return;
        }

        _waiting.Enqueue((method, depth));
        if (depth > 0 && (method.IsAbstract || method.IsVirtual || method.IsOverride))
        {
            foreach (var implementation in ImplementationsOf(method))
            {
                Follow(implementation);
            }
        }
    }

    private IEnumerable<IMethodSymbol> ImplementationsOf(IMethodSymbol method) =>
        compilation.GetSymbolsWithName((method.AssociatedSymbol ?? method).Name, SymbolFilter.Member, stopping)
            .Select(found => found is IPropertySymbol property
                ? method.MethodKind == MethodKind.PropertySet ? property.SetMethod : property.GetMethod
                : found as IMethodSymbol)
            .OfType<IMethodSymbol>()
            .Where(found => method.ContainingType.TypeKind == TypeKind.Interface
                ? found.ContainingType.AllInterfaces.Any(each => IsSame(each.OriginalDefinition, method.ContainingType))
                : IsSame(found.OverriddenMethod?.OriginalDefinition, method));

    private static bool IsSame(ISymbol? one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private IEnumerable<IOperation> BodiesOf(IMethodSymbol method)
    {
        var nodes = NodesOf(method.PartialImplementationPart ?? method);
        if (method is { MethodKind: MethodKind.Constructor, IsStatic: false })
        {
            nodes = nodes.Concat(NodesOf(method.ContainingType).OfType<TypeDeclarationSyntax>()
                .SelectMany(type => type.Members)
                .Where(member => !member.Modifiers.Any(modifier => modifier.ValueText is "static" or "const"))
                .SelectMany(member => member switch
                {
                    FieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Initializer),
                    PropertyDeclarationSyntax property => [property.Initializer],
                    _ => [],
                })
                .OfType<SyntaxNode>());
        }

        return nodes.Select(node => compilation.OperationOf(node, stopping)).OfType<IOperation>();
    }

    private IEnumerable<SyntaxNode> NodesOf(ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(stopping));

    private static ISymbol? MemberOf(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IObjectCreationOperation creation => creation.Constructor,
        IMemberReferenceOperation reference => reference.Member,
        _ => null,
    };

    // A static field or property that changes. A read-only collection counts only where it is changed, because it may be a constant table.
    private static bool IsStaticState(IOperation operation, ISymbol member) => member.IsStatic && member switch
    {
        IFieldSymbol { IsConst: false, IsReadOnly: false } => true,
        IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null } =>
            operation.Type.FullName().StartsWith("System.Collections.", StringComparison.Ordinal) && operation.Parent switch
            {
                IInvocationOperation call => call.Instance == operation && Symbols.Changes.Contains(call.TargetMethod.Name),
                IPropertyReferenceOperation { Parent: IAssignmentOperation change } element => change.Target == element,
                _ => false,
            },
        IPropertySymbol { SetMethod: not null, DeclaringSyntaxReferences.Length: > 0 } => true,
        _ => false,
    };

    // The hash of a text differs between processes, and other types may combine hashes of texts. Numbers have equal hashes everywhere.
    private static bool IsOtherHash(IInvocationOperation call) =>
        call.TargetMethod is { Name: "GetHashCode", ContainingType: var type }
        && call.Instance?.Type?.TypeKind != TypeKind.Enum
        && (type.IsReferenceType || (call.Instance?.Type is { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } instance
            && instance.FullName() is not ("System.Guid" or "System.DateTimeOffset" or "System.TimeSpan")));

    // A generator that the callback makes with a seed gives equal numbers on each node.
    private static bool IsSeeded(IOperation operation)
    {
        var generator = (operation as IInvocationOperation)?.Instance;
        if (generator is ILocalReferenceOperation { Local.DeclaringSyntaxReferences: [var declared, ..] })
        {
            generator = (operation.SemanticModel?.GetOperation(declared.GetSyntax()) as IVariableDeclaratorOperation)?.Initializer?.Value;
        }

        return generator?.Core() is IObjectCreationOperation { Arguments.Length: > 0 } made && made.Type.FullName() == "System.Random";
    }

    private static bool IsAside(IOperation operation) => operation switch
    {
        IObjectCreationOperation made => Symbols.Bases(made.Type).Any(type => type.FullName() == "System.Exception"),
        IInvocationOperation call => call.TargetMethod.ContainingType.FullName() is var type
            && Aside.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal)),
        _ => false,
    };

    // A void method of a static class with Console in it is taken for one that only prints.
    private static bool IsOutput(IMethodSymbol method) =>
        method is { ReturnsVoid: true, IsStatic: true, ContainingType.IsStatic: true }
        && method.ContainingType.DeclaringSyntaxReferences.Any(reference =>
            reference.GetSyntax().DescendantTokens().Any(token => token.ValueText == "Console"));
}
