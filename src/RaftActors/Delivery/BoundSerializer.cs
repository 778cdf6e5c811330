using System.Diagnostics.CodeAnalysis;
using System.Runtime.Serialization;

using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RaftActors.Delivery;

/// <summary>
/// Finds the Akka serializers that the user has bound to a type. The serializer that Akka.NET binds to <c>System.Object</c> does not
/// count. It takes every type, and its format may change from version to version, so a log cannot rely on it.
/// </summary>
internal static class BoundSerializer
{
    private const string Bindings = "akka.actor.serialization-bindings";

    /// <returns>Null if the type has none.</returns>
    public static Serializer? Of(ActorSystem system, Type type) =>
        Find(system, type) is { } found && (found != Find(system, typeof(object)) || IsBoundByName(system, type)) ? found : null;

    private static Serializer? Find(ActorSystem system, Type type)
    {
        try
        {
            return system.Serialization.FindSerializerForType(type);
        }
        catch (SerializationException)
        {
            return null;
        }
    }

    // A user may bind a type, or an interface, to the same serializer that System.Object has.
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2070",
        Justification = "Akka finds the types of bindings by their names, so a trimmed program must keep the bound interfaces anyway.")]
    private static bool IsBoundByName(ActorSystem system, Type type)
    {
        var bindings = system.Settings.Config.GetConfig(Bindings) ?? Config.Empty;
        var names = bindings.AsEnumerable().Select(binding => binding.Key.Split(',')[0].Trim()).ToHashSet();
        for (var bound = type; bound is not null && bound != typeof(object); bound = bound.BaseType)
        {
            if (names.Contains(bound.FullName ?? ""))
            {
                return true;
            }
        }

        return type.GetInterfaces().Any(bound => names.Contains(bound.FullName ?? ""));
    }
}
