using System.Collections.Immutable;
using System.Composition;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

using RaftActors.Analyzers;

namespace RaftActors.CodeFixes;

/// <summary>
/// Replaces a clock that RAFT001 reports by the time of the log, and adds the invariant culture or the ordinal order where RAFT007 warns.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class ReplacementCodeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.Clock, Rules.Culture];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var finding in context.Diagnostics)
        {
            // The reported place of a call may begin after the receiver.
            var span = finding.Location.SourceSpan;
            if (root?.FindToken(span.Start).Parent?.FirstAncestorOrSelf<ExpressionSyntax>(each => each.Span.End >= span.End) is { } node
                && finding.Properties.TryGetValue(Rules.Fix, out var text) && text is not null)
            {
                // Removes namespaces that the file uses.
                foreach (var type in Culture.TypesOfFixes)
                {
                    var shortName = type.Substring(type.LastIndexOf('.') + 1);
                    text = model?.LookupNamespacesAndTypes(span.Start, null, shortName).Length > 0 ? text.Replace(type, shortName) : text;
                }

                var fixedNode = SyntaxFactory.ParseExpression(text).WithTriviaFrom(node);
                context.RegisterCodeFix(
                    CodeAction.Create(
                        finding.Id == Rules.Clock ? "Use the time of the log" : "Do not depend on the culture",
                        _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(node, fixedNode))),
                        equivalenceKey: finding.Id),
                    finding);
            }
        }
    }
}
