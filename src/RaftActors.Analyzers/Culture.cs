using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RaftActors.Analyzers;

/// <summary>Finds calls that depend on the culture of the machine, and the code that replaces them.</summary>
internal static class Culture
{
    /// <summary>The types that the replacements name.</summary>
    public static readonly string[] TypesOfFixes =
    [
        "System.Globalization.CultureInfo", "System.StringComparison", "System.StringComparer",
    ];

    private const string Invariant = "System.Globalization.CultureInfo.InvariantCulture";
    private const string Ordinal = "System.StringComparison.Ordinal";
    private const string Comparer = "System.StringComparer.Ordinal";

    // Without whole numbers, which differ only by the minus sign of a few cultures, and without TimeSpan, which does not differ.
    private static readonly HashSet<string> Dates = ["System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly"];
    private static readonly HashSet<string> Numbers = ["System.Double", "System.Single", "System.Decimal", "System.Half"];

    private static readonly HashSet<string> Sorting =
    [
        "Max", "MaxBy", "Min", "MinBy", "Order", "OrderBy", "OrderByDescending", "OrderDescending", "Sort", "ThenBy", "ThenByDescending",
        "ToImmutableSortedDictionary", "ToImmutableSortedSet",
    ];

    private static readonly HashSet<string> Choices =
    [
        "System.IFormatProvider", "System.Globalization.CultureInfo", "System.StringComparison", "System.Collections.Generic.IComparer",
        "System.Collections.IComparer", "System.Comparison",
    ];

    /// <summary>Names the call that depends on the culture, and the expression that replaces it if there is an obvious one.</summary>
    public static (string What, string? Fix)? Find(IOperation operation) => operation switch
    {
        IFieldReferenceOperation { Field: { Name: var name, ContainingType: var type } } when IsCurrent(type, name) =>
            (name, "System.StringComparison." + name.Replace("CurrentCulture", "Ordinal")),
        IPropertyReferenceOperation { Property: { Name: var name, ContainingType: var type } } when IsCurrent(type, name) =>
            (name, type.Name == "StringComparer" ? "System.StringComparer." + name.Replace("CurrentCulture", "Ordinal") : Invariant),
        IPropertyReferenceOperation { Property: { Name: "Default", ContainingType: { TypeArguments: [var text] } type } }
            when type.FullName() == "System.Collections.Generic.Comparer" && HasText(text) => ("Comparer.Default", OfText(text)),
        IInterpolatedStringOperation text when IsFormatted(text) => ("string interpolation", $"string.Create({Invariant}, {text.Syntax})"),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum
            when IsCultural(sum.LeftOperand.Core().Type) || IsCultural(sum.RightOperand.Core().Type) => ("string +", null),
        IObjectCreationOperation { Type: INamedTypeSymbol { TypeArguments: [var key, ..] } type, Syntax: var syntax } made
            when type.FullName() is "System.Collections.Generic.SortedDictionary" or "System.Collections.Generic.SortedSet"
                or "System.Collections.Generic.SortedList" && HasText(key) && !IsChosen(made.Arguments) =>
            ($"new {type.Name}", Added(syntax, OfText(key))),
        IInvocationOperation call when !IsChosen(call.Arguments) && FindInCall(call) is (true, var fix) =>
            (call.TargetMethod.Called(), fix),
        _ => null,
    };

    private static (bool IsCultural, string? Fix) FindInCall(IInvocationOperation call)
    {
        var (method, type, syntax) = (call.TargetMethod, call.TargetMethod.ContainingType, call.Syntax);
        var first = method.Parameters.FirstOrDefault()?.Type;
        return method.Name switch
        {
            "Parse" => (IsCultural(type), Added(syntax, Invariant)),
            "TryParse" => (IsCultural(type), Added(syntax, Invariant, place: 1)),
            "ToString" when type.FullName() == "System.Convert" => (IsCultural(first), Added(syntax, Invariant)),
            "ToString" => (IsCultural(type) && !IsRoundTrip(type, call.Arguments.FirstOrDefault()?.Value), Added(syntax, Invariant)),
            "ToDouble" or "ToSingle" or "ToDecimal" or "ToDateTime" when type.FullName() == "System.Convert" =>
                (first?.SpecialType is SpecialType.System_String or SpecialType.System_Object, Added(syntax, Invariant)),
            "Format" when IsText(type) => (ValuesOf(call).Any(value => IsCultural(value.Core().Type)), Added(syntax, Invariant, place: 0)),
            "Append" or "Insert" or "AppendFormat" when type.FullName() == "System.Text.StringBuilder" =>
                (ValuesOf(call).Any(value => IsCultural(value.Core().Type)), null),
            "StartsWith" or "EndsWith" or "IndexOf" or "LastIndexOf" or "Compare" when IsText(type) =>
                (IsText(first), Added(syntax, Ordinal)),
            "CompareTo" => (IsText(type), Ordinally(syntax)),
            "ToUpper" or "ToLower" when IsText(type) => (true, Invariantly(syntax)),
            var name when Sorting.Contains(name) => KeyOf(call) is { } key ? (HasText(key), Added(syntax, OfText(key))) : default,
            _ => default,
        };
    }

    private static bool IsCurrent(ITypeSymbol type, string name) =>
        name.StartsWith("Current", System.StringComparison.Ordinal) && TypesOfFixes.Contains(type.FullName());

    // True if an argument chooses a culture or an order. Null is the current culture, or the default order.
    private static bool IsChosen(IEnumerable<IArgumentOperation> arguments) =>
        arguments.Any(argument => Choices.Contains(argument.Parameter?.Type.FullName() ?? "")
            && argument.Value.Core() is not (ILiteralOperation { ConstantValue.Value: null } or IDefaultValueOperation));

    // Not for string.Create and FormattableString, whose callers choose the culture.
    private static bool IsFormatted(IInterpolatedStringOperation text) =>
        text.Parent is not (IInterpolatedStringHandlerCreationOperation or IConversionOperation { Type.SpecialType: SpecialType.None })
        && text.Parts.OfType<IInterpolationOperation>().Any(part =>
            IsCultural(part.Expression.Core().Type) && !IsRoundTrip(part.Expression.Core().Type, part.FormatString));

    private static bool IsRoundTrip(ITypeSymbol? type, IOperation? format) =>
        Dates.Contains(type.WithoutNullable().FullName()) && Constant(format) is "O" or "o" or "R" or "r" or "s" or "u";

    private static string? Constant(IOperation? format) =>
        format?.ConstantValue.Value as string ?? format?.Syntax.ToString().TrimStart(':');

    private static IEnumerable<IOperation> ValuesOf(IInvocationOperation call) => call.Arguments.SelectMany(argument =>
        argument.Value is IArrayCreationOperation { Initializer.ElementValues: var values } ? values : [argument.Value]);

    // The type of the elements or keys that are sorted.
    private static ITypeSymbol? KeyOf(IInvocationOperation call) => call.TargetMethod switch
    {
        { Name: "Sort", ContainingType: { IsGenericType: true, TypeArguments: [var element] } } => element,
        { Name: "Sort", TypeArguments: [var element, ..] } => element,
        { Name: "ToImmutableSortedDictionary", TypeArguments: [.., var key, _] } => key,
        { Name: "Max" or "Min", IsExtensionMethod: true } => call.Type,
        { IsExtensionMethod: true, TypeArguments: [.., var key] } => key,
        _ => null,
    };

    private static bool IsCultural(ITypeSymbol? type) =>
        type.WithoutNullable().FullName() is var name && (Dates.Contains(name) || Numbers.Contains(name));

    private static bool IsText(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_String;

    private static bool HasText(ITypeSymbol type) =>
        IsText(type) || (type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(element => HasText(element.Type)));

    private static string? OfText(ITypeSymbol type) => IsText(type) ? Comparer : null;

    private static string? Invariantly(SyntaxNode call) =>
        call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax text } ? $"{text}Invariant()" : null;

    private static string? Ordinally(SyntaxNode call) => call is InvocationExpressionSyntax
    {
        Expression: MemberAccessExpressionSyntax { Expression: var one }, ArgumentList.Arguments: [var other],
    }
        ? $"string.CompareOrdinal({one}, {other})"
        : null;

    private static string? Added(SyntaxNode call, string? argument, int? place = null)
    {
        var (head, list) = call switch
        {
            InvocationExpressionSyntax invocation => ($"{invocation.Expression}", invocation.ArgumentList),
            ObjectCreationExpressionSyntax { Initializer: null } made => ($"new {made.Type}", made.ArgumentList),
            ImplicitObjectCreationExpressionSyntax { Initializer: null } made => ("new", made.ArgumentList),
            _ => ("", null),
        };
        if (head.Length == 0 || argument is null)
        {
            return null;
        }

        var arguments = list?.Arguments.Select(each => $"{each}").ToList() ?? [];
        arguments.Insert(place ?? arguments.Count, argument);
        return $"{head}({string.Join(", ", arguments)})";
    }
}
