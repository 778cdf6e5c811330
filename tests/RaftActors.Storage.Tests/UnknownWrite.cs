using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace RaftActors.Storage.Tests;

/// <summary>
/// Makes a write of an unknown kind. <see cref="Effect.Write"/> is closed, so the type is built at run
/// time and its constructor never runs.
/// </summary>
internal static class UnknownWrite
{
    private static readonly Type Kind = Build();

    public static Effect.Write Make() => (Effect.Write)RuntimeHelpers.GetUninitializedObject(Kind);

    private static Type Build()
    {
        // Core shows its writes to the assembly of these tests, by its name.
        var assembly = AssemblyBuilder.DefineDynamicAssembly(typeof(UnknownWrite).Assembly.GetName(), AssemblyBuilderAccess.Run);
        var type = assembly.DefineDynamicModule("UnknownWrites")
            .DefineType("Unknown", TypeAttributes.Public | TypeAttributes.Sealed, typeof(Effect.Write));
        var declared = typeof(Effect.Write).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);
        foreach (var method in declared.Where(method => method.IsAbstract))
        {
            var attributes = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;
            var body = type.DefineMethod(method.Name, attributes, method.ReturnType, Type.EmptyTypes).GetILGenerator();
            body.Emit(OpCodes.Ldarg_0);
            body.Emit(OpCodes.Ret);
        }

        return type.CreateType();
    }
}
