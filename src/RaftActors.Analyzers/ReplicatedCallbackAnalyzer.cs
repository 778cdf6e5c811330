using System.Collections.Concurrent;
using System.Collections.Immutable;

using Microsoft.CodeAnalysis.Diagnostics;

namespace RaftActors.Analyzers;

/// <summary>
/// Warns of code after which the replicas of an actor may differ, in the callbacks that run on every node and in the methods of the project
/// that they call.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReplicatedCallbackAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Rules.Replicated];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("RaftActors.RaftActor`2") is null)
            {
                return;
            }

            // With this property, each culture behaves as the invariant one.
            var options = start.Options.AnalyzerConfigOptionsProvider.GlobalOptions;
            var hasCultures = !(options.TryGetValue("build_property.InvariantGlobalization", out var isInvariant) && isInvariant == "true");
            ConcurrentDictionary<(string Id, Location Place), bool> reported = new();
            start.RegisterOperationBlockAction(block =>
            {
                if (block.OwningSymbol is not IMethodSymbol method || !(method.IsReplicated() || method.IsAnswer()))
                {
                    return;
                }

                // Several callbacks may call one method, which is reported once.
                void Report(Diagnostic finding)
                {
                    if (reported.TryAdd((finding.Id, finding.Location), true))
                    {
                        block.ReportDiagnostic(finding);
                    }
                }

                if (method.IsReplicated())
                {
                    new CallWalker(block.Compilation, hasCultures, Report, block.CancellationToken).Walk(method);
                }

                if (method.IsAnswer())
                {
                    LiveState.Check(method, block.OperationBlocks, Report);
                }
            });
        });
    }
}
