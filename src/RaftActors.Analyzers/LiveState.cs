using System.Collections.Immutable;

using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RaftActors.Analyzers;

/// <summary>Finds results and answers that are a part of the actor's state, or a view of it, so that later pairs change them.</summary>
internal static class LiveState
{
    private static readonly string[] Changing =
    [
        "System.Collections.Generic.", "System.Collections.Concurrent.", "System.Collections.ObjectModel.", "System.Text.",
    ];

    public static void Check(IMethodSymbol callback, ImmutableArray<IOperation> blocks, Action<Diagnostic> report)
    {
        foreach (var value in blocks.SelectMany(Returned).SelectMany(Values).Where(value => IsLive(value, callback.ContainingType)))
        {
            report(Diagnostic.Create(Rules.Of(Rules.LiveState), value.Syntax.GetLocation(), callback.Describe(), value.Syntax));
        }
    }

    private static IEnumerable<IOperation> Returned(IOperation operation) => operation switch
    {
        IAnonymousFunctionOperation or ILocalFunctionOperation => [],
        IReturnOperation { ReturnedValue: { } value } => [value],
        _ => operation.ChildOperations.SelectMany(Returned),
    };

    private static IEnumerable<IOperation> Values(IOperation value) => value.Core() switch
    {
        IConditionalOperation { WhenFalse: { } no } choice => Values(choice.WhenTrue).Concat(Values(no)),
        ISwitchExpressionOperation choice => choice.Arms.SelectMany(arm => Values(arm.Value)),
        ICoalesceOperation choice => Values(choice.Value).Concat(Values(choice.WhenNull)),
        var one => [one],
    };

    private static bool IsLive(IOperation value, INamedTypeSymbol actor) => value switch
    {
        IInvocationOperation { TargetMethod: { IsExtensionMethod: true, ContainingType.Name: "Enumerable" } } query =>
            IsLazy(query.Type) && IsOfState(query.Arguments[0].Value),
        IInvocationOperation { TargetMethod.Name: "AsReadOnly", Instance: { } list } => IsOfState(list),
        IPropertyReferenceOperation { Property.Name: "Keys" or "Values", Instance: IMemberReferenceOperation state } =>
            IsOfState(state) && IsChanged(state, actor),
        IMemberReferenceOperation state when IsOfState(state) =>
            IsCollection(state.Type) ? IsChanged(state, actor) : IsMutable(state.Type),
        _ => false,
    };

    private static bool IsOfState(IOperation value) => value.Core() switch
    {
        IFieldReferenceOperation { Instance: { } owner } => IsOfState(owner),
        IPropertyReferenceOperation { Property.IsStatic: false, Instance: { } owner } => IsOfState(owner),
        IInvocationOperation { TargetMethod: { IsExtensionMethod: true, ContainingType.Name: "Enumerable" } } query =>
            IsLazy(query.Type) && IsOfState(query.Arguments[0].Value),
        IInstanceReferenceOperation => true,
        _ => false,
    };

    private static bool IsLazy(ITypeSymbol? type) =>
        type.FullName() is "System.Collections.Generic.IEnumerable" or "System.Linq.IOrderedEnumerable";

    private static bool IsCollection(ITypeSymbol? type) => type is IArrayTypeSymbol || (type is { TypeKind: TypeKind.Class }
        && Changing.Any(prefix => type.FullName().StartsWith(prefix, StringComparison.Ordinal)));

    // A collection may be returned if it is only replaced as a whole.
    private static bool IsChanged(IMemberReferenceOperation state, INamedTypeSymbol actor) =>
        new[] { actor, state.Member.ContainingType }.SelectMany(type => type.DeclaringSyntaxReferences)
            .SelectMany(reference => reference.GetSyntax().DescendantNodes())
            .Any(node => node switch
            {
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } =>
                    Symbols.Changes.Contains(call.Name.Identifier.ValueText) && NameOf(call.Expression) == state.Member.Name,
                AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax element } =>
                    NameOf(element.Expression) == state.Member.Name,
                PostfixUnaryExpressionSyntax { Operand: ElementAccessExpressionSyntax element } =>
                    NameOf(element.Expression) == state.Member.Name,
                _ => false,
            });

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        _ => null,
    };

    // A class of the project with members that can change.
    private static bool IsMutable(ITypeSymbol? type) =>
        type is { TypeKind: TypeKind.Class, DeclaringSyntaxReferences.Length: > 0 } && type.GetMembers().Any(member => member switch
        {
            IPropertySymbol { IsStatic: false, SetMethod: { IsInitOnly: false, DeclaredAccessibility: not Accessibility.Private } } => true,
            IFieldSymbol { IsStatic: false, IsReadOnly: false, IsImplicitlyDeclared: false } => true,
            _ => false,
        });
}
