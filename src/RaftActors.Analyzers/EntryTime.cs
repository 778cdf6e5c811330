namespace RaftActors.Analyzers;

/// <summary>Finds the time of the log that can replace a clock.</summary>
internal static class EntryTime
{
    /// <summary>The replacement of a clock. Null for another kind of clock, or if the code has neither an entry nor an entity.</summary>
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

    // NewState runs before the entity has the time of a command.
    private static bool HasOwn(SemanticModel model, int place) =>
        model.LookupSymbols(place, name: "Time").Any(each => each.ContainingType.FullName() == "RaftActors.ReplicatedEntity")
        && model.GetEnclosingSymbol(place)?.Name != "NewState";
}
