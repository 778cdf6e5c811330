using System.Collections.Immutable;

using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace RaftActors.Analyzers;

/// <summary>
/// Warns where a raft actor uses Sender or Context after an await that leaves the actor. Within ReceiveAsync an await stays in the actor,
/// unless it has ConfigureAwait(false).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AfterAwaitAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.Of(Rules.AfterAwait)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Check, OperationKind.PropertyReference);
    }

    private static void Check(OperationAnalysisContext context)
    {
        var use = (IPropertyReferenceOperation)context.Operation;
        if (use.Property.Name is not ("Sender" or "Context")
            || !use.Property.ContainingType.FullName().StartsWith("Akka.Actor.", System.StringComparison.Ordinal)
            || !context.ContainingSymbol.ContainingType.IsRaftActor()
            || FunctionOf(use.Syntax) is not { } function)
        {
            return;
        }

        var awaits = function.DescendantNodes(node => node == function || FunctionOf(node) == function).OfType<AwaitExpressionSyntax>()
            .Where(each => each.Span.End <= use.Syntax.SpanStart)
            .ToList();
        if (awaits.Count > 0 && (awaits.Any(Leaves) || !IsKept(function, use.SemanticModel!)))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.Of(Rules.AfterAwait), use.Syntax.GetLocation(), context.ContainingSymbol.ContainingType.Name, use.Property.Name));
        }
    }

    private static SyntaxNode? FunctionOf(SyntaxNode node) => node.Parent?.FirstAncestorOrSelf<SyntaxNode>(each =>
        each is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax);

    private static bool Leaves(AwaitExpressionSyntax each) => each.Expression is InvocationExpressionSyntax
    {
        Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" },
        ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax argument }],
    } && argument.IsKind(SyntaxKind.FalseLiteralExpression);

    // True for an argument of ReceiveAsync, and for a method whose uses all are awaited or within such an argument.
    private static bool IsKept(SyntaxNode function, SemanticModel model)
    {
        if (function is AnonymousFunctionExpressionSyntax)
        {
            return IsGivenToAkka(function);
        }

        var symbol = model.GetDeclaredSymbol(function);
        var uses = function.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(use => use.Identifier.ValueText == symbol?.Name)
            .Where(use => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(use).Symbol, symbol))
            .ToList() ?? [];
        return symbol is IMethodSymbol { ReturnsVoid: false }
            && uses.All(use => use.FirstAncestorOrSelf<AwaitExpressionSyntax>() is not null || use.AncestorsAndSelf().Any(IsGivenToAkka));
    }

    private static bool IsGivenToAkka(SyntaxNode node) =>
        node.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: var called } }
        && ((called as MemberAccessExpressionSyntax)?.Name ?? called as SimpleNameSyntax)?.Identifier.ValueText
            is "ReceiveAsync" or "ReceiveAnyAsync" or "RunTask";
}
