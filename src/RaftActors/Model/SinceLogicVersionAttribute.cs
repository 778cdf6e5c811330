using System.Collections.Concurrent;
using System.Reflection;

namespace RaftActors;

/// <summary>
/// Values of this type exist since a logic version of the actor. Until the group has that version, an Append of one is refused as
/// <see cref="FailureReason.NotYet"/>, so no program meets a value that it does not know.
/// </summary>
/// <param name="version">From 2.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum, Inherited = true)]
public sealed class SinceLogicVersionAttribute(int version) : Attribute
{
    private static readonly ConcurrentDictionary<Type, int> OfTypes = [];

    private readonly int _version = version;

    /// <summary>The version of a type; 1 without the attribute.</summary>
    internal static int Of(Type type) =>
        OfTypes.GetOrAdd(type, static each => each.GetCustomAttribute<SinceLogicVersionAttribute>()?._version ?? 1);
}
