using System.Reflection;
using System.Reflection.Emit;

using RaftActors.Analyzers;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// Finds the places of a user's assembly that call methods whose results no seed decides, such as the clock of the machine. A simulation
/// cannot stop such a call, so it names these places when two runs of a seed differ.
/// </summary>
internal static class UnseededCalls
{
    private const int PlacesShown = 10;

    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance
        | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!) // Justification: static fields that are never null.
        .ToDictionary(code => code.Value);

    // The callbacks of an actor or entity that every replica runs. Others do not change its state.
    private static readonly HashSet<string> Replicated =
    [
        "HandleAppend", "HandleSerial", "HandleUpgrade", "HandleReminder", "HandleCommand", "NewState", "TakeSnapshot", "RestoreSnapshot",
    ];

    /// <summary>The first places as lines for people. Empty without any.</summary>
    public static string Describe(IEnumerable<string> calls) => calls.Take(PlacesShown).ToList() is [_, ..] places
        ? $"These places may be the cause:\n  {string.Join("\n  ", places)}\n"
        : "";

    /// <summary>The places in the assemblies of types, as <c>Bank.Add calls Guid.NewGuid</c>. Those in the types come first.</summary>
    public static IEnumerable<string> In(IReadOnlyCollection<Type> types)
    {
        var outermost = types.Select(Outermost).ToHashSet();
        return types.Select(type => type.Assembly).Distinct()
            .SelectMany(assembly => assembly.GetTypes())
            .OrderByDescending(type => outermost.Contains(Outermost(type)))
            .SelectMany(MethodsOf)
            .SelectMany(method => CallsOf(method).Where(IsUnseeded).Select(call => $"{NameOf(method)} calls {NameOf(call)}"))
            .Distinct();
    }

    /// <summary>
    /// The places that the replicated callbacks or constructors of an actor can reach, as lines for people. Which of them a run has reached
    /// is not known.
    /// </summary>
    public static string DescribeOf(Type actor)
    {
        List<Type> users = [.. actor.GetGenericArguments().Append(actor).SelectMany(Bases).Where(IsOfUser)];
        var types = users.Select(type => type.Assembly).Distinct().SelectMany(assembly => assembly.GetTypes()).ToList();
        HashSet<MethodBase> reached = [];
        Queue<MethodBase> open = new(users.SelectMany(MethodsOf).Where(each => each.IsConstructor || Replicated.Contains(NameEnd(each))));
        List<string> places = [];
        while (open.TryDequeue(out var method))
        {
            if (!reached.Add(method))
            {
                continue;
            }

            foreach (var call in CallsOf(method))
            {
                if (IsUnseeded(call))
                {
                    places.Add($"{NameOf(method)} calls {NameOf(call)}");
                }
                else if (call.DeclaringType is { } type && types.Exists(each => each.Assembly == type.Assembly))
                {
                    Targets(call, type).ForEach(open.Enqueue);
                }
            }
        }

        return Describe(places.Distinct());

        // The code of an iterator is in a type of its own. An override is preferred in the classes of the actor, which is mostly meant.
        List<MethodBase> Targets(MethodBase call, Type type) =>
            call.IsConstructor && type.Name.StartsWith('<') ? [call, .. MethodsOf(type)]
            : !call.IsVirtual ? [call]
            : [call, .. (users.Exists(type.IsAssignableFrom) ? users : types).Where(type.IsAssignableFrom).SelectMany(MethodsOf).Where(
                each => NameEnd(each) == call.Name && each.GetParameters().Length == call.GetParameters().Length)];
    }

    private static bool IsOfUser(Type type) =>
        !new[] { typeof(object), typeof(Raft), typeof(Akka.Actor.ActorBase) }.Select(each => each.Assembly).Contains(type.Assembly);

    private static IEnumerable<Type> Bases(Type type) => type.BaseType is { } parent ? Bases(parent).Prepend(type) : [type];

    private static IEnumerable<MethodBase> MethodsOf(Type type) =>
        type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared));

    // An explicit implementation has the name of its interface, too.
    private static string NameEnd(MethodBase method) => method.Name[(method.Name.LastIndexOf('.') + 1)..];

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
