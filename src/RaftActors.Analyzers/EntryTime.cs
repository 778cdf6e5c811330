using System.Linq;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace RaftActors.Analyzers;

/// <summary>Finds the time of the log that replaces the reading of a clock.</summary>
internal static class EntryTime
{
    /// <summary>The expression; null: the code reaches neither an entry nor the time of an entity, or the clock is another one.</summary>
    public static string? Find(IOperation clock)
    {
        var form = clock switch
        {
            IPropertyReferenceOperation { Property: { Name: "UtcNow", ContainingType.Name: "DateTime" } } => "Time.UtcDateTime",
            IPropertyReferenceOperation { Property.Name: "UtcNow" } or IInvocationOperation { TargetMethod.Name: "GetUtcNow" } => "Time",
            _ => null,
        };
        if (form is null || clock.SemanticModel is not { } model)
        {
            return null;
        }

        var place = clock.Syntax.SpanStart;
        var entry = model.LookupSymbols(place).OfType<IParameterSymbol>()
            .FirstOrDefault(each => each.Type.FullName() == "RaftActors.Entry");
        return entry is not null ? $"{entry.Name}.{form}" : HasOwn(model, place) ? form : null;
    }

    // NewState runs before the command that has the time.
    private static bool HasOwn(SemanticModel model, int place) =>
        model.LookupSymbols(place, name: "Time").Any(each => each.ContainingType.FullName() == "RaftActors.ReplicatedEntity")
        && model.GetEnclosingSymbol(place)?.Name != "NewState";
}
