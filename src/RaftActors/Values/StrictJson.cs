using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RaftActors.Values;

/// <summary>
/// JSON for values and states, which two programs must read alike. An unknown or missing property makes a value unreadable. By default
/// System.Text.Json ignores an unknown one and reads a missing one as 0 or null, so a renamed property would give two nodes two states.
/// Optional are constructor parameters with a default value, and properties that are not always written. A type with <see
/// cref="JsonUnmappedMemberHandlingAttribute"/> decides itself about unknown properties.
/// </summary>
internal static class StrictJson
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Strict = [];

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
                // The options already demand parameters without a default value, whose properties often have no setter.
                property.IsRequired &= !isOptional;
            }
            else
            {
                property.IsRequired |= property.Set is not null && !isOptional;
            }
        }
    }
}
