using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RaftActors.Values;

/// <summary>
/// JSON for values and states, which two programs must read alike: an unknown property, or one that is missing, makes a value unreadable.
/// By default System.Text.Json ignores the one and reads the other as 0 or null, so a renamed property would give two nodes two states.
/// Optional are constructor parameters with a default value, and properties that are not always written. A type with
/// <see cref="JsonUnmappedMemberHandlingAttribute"/> decides itself about unknown properties.
/// </summary>
internal static class StrictJson
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Strict = [];

    /// <summary>The metadata for reading.</summary>
    public static JsonTypeInfo Of(JsonTypeInfo type) => Strict.GetValue(type.Options, Make).GetTypeInfo(type.Type);

    private static JsonSerializerOptions Make(JsonSerializerOptions options)
    {
        JsonSerializerOptions strict = new(options)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            TypeInfoResolver = options.TypeInfoResolver?.WithAddedModifier(Demand), // Null: a type that was found has another resolver.
        };
        strict.RespectRequiredConstructorParameters |= IsAlwaysWritten(options);
        strict.MakeReadOnly();
        return strict;
    }

    private static bool IsAlwaysWritten(JsonSerializerOptions options) => options.DefaultIgnoreCondition == JsonIgnoreCondition.Never;

    private static void Demand(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || !IsAlwaysWritten(type.Options))
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            var isOptional = property.IsExtensionData || property.ShouldSerialize is not null || property.Get is null;
            if (property.AssociatedParameter is { IsMemberInitializer: false })
            {
                // The options demand the parameters without a default value. Such a property often has no setter.
                property.IsRequired &= !isOptional;
            }
            else
            {
                property.IsRequired |= property.Set is not null && !isOptional;
            }
        }
    }
}
