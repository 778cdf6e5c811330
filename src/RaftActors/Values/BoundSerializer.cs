using System.Runtime.Serialization;

using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RaftActors.Values;

/// <summary>
/// The Akka serializer that the user has bound to a type. The serializer that Akka.NET binds to <c>System.Object</c> does not count. It
/// takes every type, and its format may change between versions, so a log cannot rely on it. No member has Akka's own type, because that
/// is <c>Serializer</c> in 1.5, and was <c>SerializerV2</c> in a beta of 1.6.
/// </summary>
internal sealed record BoundSerializer(
    Type Type, object Serializer, int Identifier, string Name, Func<object, string> ManifestOf, Func<object, byte[]> Write)
{
    private const string Bindings = "akka.actor.serialization-bindings";

    /// <returns>Null if the type has no such serializer.</returns>
    public static BoundSerializer? Of(ActorSystem system, Type type) =>
        Find(system, type) is { } found && (!found.IsSameAs(Find(system, typeof(object))) || IsBoundByName(system, type)) ? found : null;

    // Compares objects, because a SerializationSetup may bind a second object of the class that System.Object has, with the same
    // identifier.
    private bool IsSameAs(BoundSerializer? other) => ReferenceEquals(Serializer, other?.Serializer);

    private static BoundSerializer? Find(ActorSystem system, Type type)
    {
        try
        {
            var found = system.Serialization.FindSerializerForType(type);
            return new BoundSerializer(
                type, found, found.Identifier, $"{found.GetType()}", value => Serialization.ManifestFor(found, value), found.ToBinary);
        }
        catch (SerializationException)
        {
            return null;
        }
    }

    // Looks for a binding, because a user may bind a type or an interface to the very serializer that System.Object has.
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
