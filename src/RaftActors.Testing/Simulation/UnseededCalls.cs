using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;

using RaftActors.Analyzers;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// Finds the places of a user's assembly that call methods whose results no seed decides, such as the clock of the machine. A simulation
/// cannot stop such a call, so it names these places when two runs of a seed differ.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = NotTrimmed)]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = NotTrimmed)]
internal static class UnseededCalls
{
    private const string NotTrimmed = "A program that was trimmed has fewer places to name.";

    private const int PlacesShown = 10;

    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance
        | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!) // Justification: static fields that are never null.
        .ToDictionary(code => code.Value);

    /// <summary>The first places as lines for people. Empty without any.</summary>
    public static string Describe(IReadOnlyCollection<Type> types) => In(types).Take(PlacesShown).ToList() is [_, ..] places
        ? $"These places may be the cause:\n  {string.Join("\n  ", places)}\n"
        : "";

    /// <summary>The places in the assemblies of types, as <c>Bank.Add calls Guid.NewGuid</c>. Those in the types come first.</summary>
    public static IEnumerable<string> In(IReadOnlyCollection<Type> types)
    {
        var outermost = types.Select(Outermost).ToHashSet();
        return types.Select(type => type.Assembly).Distinct()
            .SelectMany(assembly => assembly.GetTypes())
            .OrderByDescending(type => outermost.Contains(Outermost(type)))
            .SelectMany(type => type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
            .SelectMany(method => CallsOf(method).Where(IsUnseeded).Select(call => $"{NameOf(method)} calls {NameOf(call)}"))
            .Distinct();
    }

    private static bool IsUnseeded(MethodBase called) => DriftingCalls.IsUnseeded(
        called.DeclaringType?.FullName ?? "",
        called is ConstructorInfo && called.GetParameters() is [] ? $"{called.Name}()" : MemberOf(called));

    private static IEnumerable<MethodBase> CallsOf(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at];
            var operation = OpCodesByValue[value];
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod && Resolve(method, BitConverter.ToInt32(code, at)) is { } called)
            {
                yield return called;
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    // Null if the method is in an assembly that cannot be loaded.
    private static MethodBase? Resolve(MethodBase caller, int token)
    {
        try
        {
            return caller.Module.ResolveMethod(
                token, caller.DeclaringType?.GetGenericArguments(), caller.IsGenericMethod ? caller.GetGenericArguments() : null);
        }
        catch (Exception e) when (e is ArgumentException or IOException or TypeLoadException or MissingMethodException)
        {
            return null;
        }
    }

    // The compiler puts the code of an async method or a lambda into a nested type or method, as <AddAsync>d__3.MoveNext.
    private static string NameOf(MethodBase method)
    {
        var type = method.DeclaringType!; // Justification: the method of a type.
        var made = method.Name.StartsWith('<') ? method.Name : type.Name;
        var user = made.StartsWith('<') ? made.TrimStart('<').Split('>')[0] : "";
        var name = user == ".ctor" || (user.Length == 0 && method.IsConstructor) ? "the constructor"
            : user.Length > 0 ? user
            : MemberOf(method);
        return $"{Outermost(type).Name}.{name}";
    }

    private static string MemberOf(MethodBase method) =>
        method.Name.StartsWith("get_", StringComparison.Ordinal) ? method.Name[4..] : method.Name;

    private static Type Outermost(Type type) => type.DeclaringType is { } outer && type.Name.StartsWith('<') ? Outermost(outer) : type;
}
