using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RaftActors.Analyzers;

/// <summary>
/// Finds where the order of a hashed or parallel collection reaches a result or the state. Goes from the collection through the calls that
/// keep its order to the use of the elements, and does not follow them into other methods.
/// </summary>
internal static class HashOrder
{
    private static readonly HashSet<string> Hashed = new(
        from name in new[]
        {
            "Generic.Dictionary", "Generic.HashSet", "Concurrent.ConcurrentDictionary", "Concurrent.ConcurrentBag", "Hashtable",
            "Immutable.ImmutableDictionary", "Immutable.ImmutableHashSet", "Frozen.FrozenDictionary", "Frozen.FrozenSet",
        }
        from part in new[] { "", ".KeyCollection", ".ValueCollection" }
        select $"System.Collections.{name}{part}");

    // They return a sequence in the order of their source.
    private static readonly HashSet<string> Keeping =
    [
        "Append", "AsEnumerable", "Cast", "Chunk", "Concat", "DefaultIfEmpty", "Distinct", "DistinctBy", "Except", "ExceptBy", "GroupBy",
        "Index", "Intersect", "IntersectBy", "OfType", "Prepend", "Reverse", "Select", "SelectMany", "ToArray", "ToImmutableArray",
        "ToImmutableList", "ToList", "Union", "UnionBy", "Where", "WithCancellation", "WithDegreeOfParallelism", "WithExecutionMode",
        "WithMergeOptions",
    ];

    private static readonly HashSet<string> Choosing =
    [
        "Aggregate", "ElementAt", "ElementAtOrDefault", "First", "FirstOrDefault", "Last", "LastOrDefault", "MaxBy", "MinBy", "Skip",
        "SkipLast", "SkipWhile", "Take", "TakeLast", "TakeWhile", "Zip",
    ];

    private static readonly HashSet<string> Adding =
    [
        "Add", "AddFirst", "AddLast", "AddRange", "Append", "AppendFormat", "AppendLine", "Enqueue", "Insert", "InsertRange", "Push",
        "Write", "WriteLine",
    ];

    /// <summary>True if an operation is such a collection, and the code uses its order.</summary>
    public static bool Reaches(IOperation operation, bool isCallback, Compilation compilation) =>
        (IsSource(operation) || (operation is IMemberReferenceOperation { Member: var member } && IsHashedInside(member, compilation)))
        && IsUsed(operation, isCallback, new HashSet<ISymbol>(SymbolEqualityComparer.Default));

    // A member whose type is an interface, and to which its class assigns hashed collections only. Others cannot assign to it.
    private static bool IsHashedInside(ISymbol member, Compilation compilation)
    {
        var (type, isOwn) = member switch
        {
            IFieldSymbol field => (field.Type, field.IsReadOnly || field.DeclaredAccessibility == Accessibility.Private),
            IPropertySymbol property => (property.Type, property.SetMethod is null or { DeclaredAccessibility: Accessibility.Private }),
            _ => (null, false),
        };
        if (!isOwn || type is not { TypeKind: TypeKind.Interface } || !IsCollection(type))
        {
            return false;
        }

        var values = member.ContainingType.DeclaringSyntaxReferences
            .SelectMany(reference => reference.GetSyntax().DescendantNodes())
            .Where(node => node is AssignmentExpressionSyntax or EqualsValueClauseSyntax)
            .Select(node => ValueOf(compilation.OperationOf(node), member.OriginalDefinition))
            .OfType<IOperation>()
            .ToList();
        return values.Count > 0 && values.TrueForAll(value => IsHashed(value.Core().Type));
    }

    // The value that an assignment or an initializer gives to a member. Null: it is for another target.
    private static IOperation? ValueOf(IOperation? operation, ISymbol member) => operation switch
    {
        IFieldInitializerOperation { InitializedFields: var fields, Value: var value }
            when fields.Any(each => IsSame(each, member)) => value,
        IPropertyInitializerOperation { InitializedProperties: var properties, Value: var value }
            when properties.Any(each => IsSame(each, member)) => value,
        IAssignmentOperation { Target: IMemberReferenceOperation { Member: var target }, Value: var value }
            when IsSame(target.OriginalDefinition, member) => value,
        _ => null,
    };

    private static bool IsSame(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private static bool IsSource(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod.Name: "AsParallel" } => true,
        IPropertyReferenceOperation { Instance: { } instance } when IsHashed(instance.Type) => false,
        IFieldReferenceOperation or IPropertyReferenceOperation or ILocalReferenceOperation or IParameterReferenceOperation
            or IInvocationOperation or IObjectCreationOperation => IsHashed(operation.Type),
        _ => false,
    };

    private static bool IsUsed(IOperation sequence, bool isCallback, HashSet<ISymbol> locals)
    {
        var use = sequence.Parent;
        return use switch
        {
            IConversionOperation or IParenthesizedOperation or ITranslatedQueryOperation or ISpreadOperation =>
                IsUsed(use, isCallback, locals),
            ICollectionExpressionOperation => (use.Type is IArrayTypeSymbol || IsList(use.Type)) && IsUsed(use, isCallback, locals),
            IPropertyReferenceOperation { Property: { Name: "Keys" or "Values" } } => IsUsed(use, isCallback, locals),
            IPropertyReferenceOperation { Property.IsIndexer: true, Instance: var list } =>
                list == sequence && (list.Type is IArrayTypeSymbol || IsList(list.Type)),
            IForEachLoopOperation loop => loop.Collection == sequence && IsSensitive(loop, isCallback, locals),
            IArgumentOperation { Parent: IInvocationOperation call } argument => IsUsedBy(call, argument, isCallback, locals),
            IArgumentOperation { Parent: IObjectCreationOperation made } => IsCollection(made.Type)
                ? IsList(made.Type) && IsUsed(made, isCallback, locals)
                : IsOrdered(sequence),
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } =>
                !IsHashed(local.Type) && IsUsed(local, sequence, isCallback, locals),
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } =>
                !IsHashed(local.Type) && IsUsed(local, sequence, isCallback, locals),
            ISimpleAssignmentOperation { Target: IMemberReferenceOperation, Value: var value } => value == sequence && IsOrdered(sequence),
            ITupleOperation => IsOrdered(sequence),
            IReturnOperation => isCallback && IsOrdered(sequence) && !IsInFunction(use),
            _ => false,
        };
    }

    private static bool IsUsedBy(IInvocationOperation call, IArgumentOperation argument, bool isCallback, HashSet<ISymbol> locals)
    {
        var (name, type) = (call.TargetMethod.Name, call.TargetMethod.ContainingType.FullName());
        if (type == "System.String" && name is "Join" or "Concat")
        {
            return true;
        }

        if (name is "AddRange" or "InsertRange" && call.Instance is { } list)
        {
            return IsAddedTo(list, isCallback, locals);
        }

        if (!call.TargetMethod.IsExtensionMethod || !(argument == call.Arguments[0] || name is "Concat" or "Union"))
        {
            return false;
        }

        return Keeping.Contains(name) ? IsUsed(call, isCallback, locals)
            : Choosing.Contains(name) ? !FindsOne(call)
            : name is "Sum" or "Average" && call.Type.WithoutNullable().IsFloating();
    }

    // A search for an equal element, such as the user with an address, mostly finds at most one, so the order does not matter.
    private static bool FindsOne(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.Value.Core() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation function }
            && function.Body.Operations is [IReturnOperation { ReturnedValue: { } value }] && IsEquality(value));

    private static bool IsEquality(IOperation condition) => condition.Core() switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } => true,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both =>
            IsEquality(both.LeftOperand) || IsEquality(both.RightOperand),
        IInvocationOperation { TargetMethod.Name: "Equals" } => true,
        _ => false,
    };

    private static bool IsUsed(ILocalSymbol local, IOperation inBody, bool isCallback, HashSet<ISymbol> locals)
    {
        if (!locals.Add(local))
        {
            return false;
        }

        var uses = RootOf(inBody).Descendants().OfType<ILocalReferenceOperation>()
            .Where(use => SymbolEqualityComparer.Default.Equals(use.Local, local)).ToList();
        return !uses.Any(IsSorted) && uses.Any(use => IsUsed(use, isCallback, locals));
    }

    private static bool IsSorted(IOperation list) =>
        (list.Parent is IArgumentOperation argument ? argument.Parent : list.Parent) is IInvocationOperation { TargetMethod.Name: "Sort" };

    private static bool IsSensitive(IForEachLoopOperation loop, bool isCallback, HashSet<ISymbol> locals) =>
        loop.Body.DescendantsAndSelf().Any(step => step switch
        {
            IBranchOperation { BranchKind: BranchKind.Break } end =>
                SymbolEqualityComparer.Default.Equals(end.Target, loop.ExitLabel) && !IsOfOne(end, loop) && DoesMore(loop),
            IReturnOperation { Kind: OperationKind.YieldReturn } => true,
            IReturnOperation { ReturnedValue: { } value } end =>
                DependsOn(value, loop) && !IsInFunction(end, loop) && !IsOfOne(end, loop),
            IInvocationOperation { TargetMethod.Name: "Tell" } => true,
            IInvocationOperation { Instance: { } list } call =>
                Adding.Contains(call.TargetMethod.Name) && (IsList(list.Type) || IsWriter(list.Type)) && !IsInside(list, loop)
                    && IsAddedTo(list, isCallback, locals),
            ICompoundAssignmentOperation sum =>
                (sum.Type.IsFloating() || sum.Type?.SpecialType == SpecialType.System_String) && !IsInside(sum.Target, loop),
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation or IMemberReferenceOperation { Member: IFieldSymbol } } last =>
                IsElement(last.Value.Core(), loop) && !IsInside(last.Target, loop) && !IsOfOne(last, loop),
            _ => false,
        });

    private static bool IsAddedTo(IOperation list, bool isCallback, HashSet<ISymbol> locals) =>
        list.Core() is not ILocalReferenceOperation { Local: var local } || IsUsed(local, list, isCallback, locals);

    // A loop that keeps an element keeps the last one, or one of several that are equal. A number would be the same for all of these.
    private static bool IsElement(IOperation value, IForEachLoopOperation loop) =>
        value.Type is { IsValueType: false } && value switch
        {
            ILocalReferenceOperation { Local: var local } => loop.Locals.Contains(local, SymbolEqualityComparer.Default),
            IPropertyReferenceOperation { Instance: { } instance } => instance.Core() is ILocalReferenceOperation { Local: var local }
                && loop.Locals.Contains(local, SymbolEqualityComparer.Default),
            _ => false,
        };

    // A loop that only searches for an element of some kind may end early in any order.
    private static bool DoesMore(IForEachLoopOperation loop) =>
        loop.Body.Descendants().OfType<IExpressionStatementOperation>().Any(step => step.Operation switch
        {
            IAssignmentOperation change => DependsOn(change.Value, loop) && !IsInside(change.Target, loop),
            IInvocationOperation => true,
            _ => false,
        });

    private static bool DependsOn(IOperation value, IForEachLoopOperation loop) =>
        value.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Any(each => IsInside(each, loop));

    private static bool IsOfOne(IOperation end, IForEachLoopOperation loop)
    {
        for (var outer = end.Parent; outer is not null && outer != loop; outer = outer.Parent)
        {
            if (outer is IConditionalOperation { Condition: var condition } && IsEquality(condition))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInFunction(IOperation operation, IOperation? within = null)
    {
        for (var outer = operation.Parent; outer is not null && outer != within; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return true;
            }
        }

        return false;
    }

    // True for a variable of the body, or a member of the element.
    private static bool IsInside(IOperation target, IForEachLoopOperation loop) => target.Core() switch
    {
        ILocalReferenceOperation { Local.DeclaringSyntaxReferences: [var declared, ..] } => loop.Syntax.Span.Contains(declared.Span),
        IMemberReferenceOperation { Instance: { } instance } => IsInside(instance, loop),
        _ => false,
    };

    private static IOperation RootOf(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    private static bool IsHashed(ITypeSymbol? type) => Hashed.Contains(type.FullName());

    private static bool IsCollection(ITypeSymbol? type) => type.FullName().StartsWith("System.Collections.", StringComparison.Ordinal);

    private static bool IsList(ITypeSymbol? type) => IsCollection(type) && !IsHashed(type) && type.FullName() is var name
        && !name.Contains("Sorted")
        && !name.EndsWith("Set", StringComparison.Ordinal)
        && !name.EndsWith("Dictionary", StringComparison.Ordinal);

    private static bool IsWriter(ITypeSymbol? type) => type.FullName() is "System.Text.StringBuilder" or "System.IO.BinaryWriter"
        or "System.IO.StreamWriter" or "System.IO.StringWriter" or "System.IO.TextWriter";

    private static bool IsOrdered(IOperation sequence) => sequence.Core().Type is var type
        && (type is IArrayTypeSymbol || IsList(type) || type.FullName().StartsWith("System.Linq.", StringComparison.Ordinal));
}
