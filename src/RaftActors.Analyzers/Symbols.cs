namespace RaftActors.Analyzers;

internal static class Symbols
{
    private static readonly SymbolDisplayFormat Full = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    private static readonly HashSet<string> Callbacks =
        ["HandleAppend", "HandleCommand", "HandleReminder", "HandleUpgrade", "NewState", "RestoreSnapshot"];

    /// <summary>Methods that change a collection.</summary>
    public static readonly HashSet<string> Changes =
    [
        "Add", "AddFirst", "AddLast", "AddOrUpdate", "AddRange", "Append", "AppendLine", "Clear", "Dequeue", "Enqueue", "Insert", "Pop",
        "Push", "Remove", "RemoveAll", "RemoveAt", "RemoveFirst", "RemoveLast", "RemoveWhere", "Sort", "TryAdd", "TryDequeue", "TryRemove",
        "TryUpdate", "UnionWith",
    ];

    /// <summary>The name with the namespace and without type arguments, such as <c>System.Collections.Generic.List</c>.</summary>
    public static string FullName(this ITypeSymbol? type) => type?.OriginalDefinition.ToDisplayString(Full) ?? "";

    /// <summary>True for a callback that runs on every node in the order of the log.</summary>
    public static bool IsReplicated(this IMethodSymbol method) => Callbacks.Contains(PlainName(method)) && method.IsCallback();

    /// <summary>True for a callback whose result other threads read without a copy. An entity is not read after its callback.</summary>
    public static bool IsAnswer(this IMethodSymbol method) =>
        method.Name is "HandleAppend" or "HandleQuery" && method.IsCallback() && method.ContainingType.IsRaftActor();

    public static bool IsRaftActor(this ITypeSymbol? type) => Bases(type).Any(each => each.FullName() == "RaftActors.RaftActor");

    public static string Describe(this IMethodSymbol method) => method.MethodKind is MethodKind.Constructor or MethodKind.StaticConstructor
        ? $"The constructor of {method.ContainingType.Name}"
        : $"{method.ContainingType.Name}.{PlainName((method.AssociatedSymbol as ISymbol) ?? method)}";

    /// <summary>The name of a member in a call, such as <c>decimal.Parse</c>.</summary>
    public static string Called(this ISymbol member)
    {
        var type = member.ContainingType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        return member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? $"new {type}" : $"{type}.{member.Name}";
    }

    /// <summary>The operation without conversions and parentheses around it.</summary>
    public static IOperation Core(this IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } or IParenthesizedOperation)
        {
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)operation).Operand;
        }

        return operation;
    }

#pragma warning disable RS1030 // Only the semantic model of the other file can say what is done there.
    /// <summary>The operation of a node of any file. Null: it has none.</summary>
    public static IOperation? OperationOf(this Compilation compilation, SyntaxNode node, CancellationToken stopping = default) =>
        compilation.GetSemanticModel(node.SyntaxTree).GetOperation(node, stopping);
#pragma warning restore RS1030

    public static bool IsFloating(this ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Double or SpecialType.System_Single;

    public static ITypeSymbol? WithoutNullable(this ITypeSymbol? type) =>
        type is INamedTypeSymbol { ConstructedFrom.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] } ? inner : type;

    public static IEnumerable<ITypeSymbol> Bases(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            yield return type;
        }
    }

    private static bool IsCallback(this IMethodSymbol method) =>
        PlainName(method) == "RestoreSnapshot"
            ? method.ContainingType.AllInterfaces.Any(type => type.FullName() == "RaftActors.IRaftSnapshot")
            : method.IsOverride
                && Bases(method.ContainingType).Any(type => type.FullName() is "RaftActors.RaftActor" or "RaftActors.ReplicatedEntity");

    // The name of an explicit implementation begins with that of its interface.
    private static string PlainName(ISymbol symbol) => symbol.Name.Substring(symbol.Name.LastIndexOf('.') + 1) is { Length: > 0 } name
        ? name
        : symbol.Name;
}
