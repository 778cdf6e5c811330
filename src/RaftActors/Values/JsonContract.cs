using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization.Metadata;

using RaftActors.Core;

namespace RaftActors.Values;

/// <summary>
/// A number for the JSON of a type: the names and types of its properties, and of theirs. Two programs with the same types have the same
/// number, whatever their builds.
/// </summary>
internal static class JsonContract
{
    private static readonly ConditionalWeakTable<JsonTypeInfo, object> Known = [];

    public static ulong Of(JsonTypeInfo type) => (ulong)Known.GetValue(type, static each =>
    {
        StringBuilder text = new();
        Describe(each, [], text);
        return StateHash.Extend(PrefixHash.Empty, Encoding.UTF8.GetBytes(text.ToString()));
    });

    private static void Describe(JsonTypeInfo type, HashSet<Type> seen, StringBuilder text)
    {
        if (!seen.Add(type.Type))
        {
            return;
        }

        text.Append(JsonType.NameOf(type.Type)).Append('{');
        if (type.Type.IsEnum)
        {
            text.AppendJoin(',', Enum.GetNames(type.Type).Order(StringComparer.Ordinal));
        }

        List<Type?> parts = [type.KeyType, type.ElementType, Nullable.GetUnderlyingType(type.Type)];
        foreach (var property in type.Properties.OrderBy(each => each.Name, StringComparer.Ordinal))
        {
            text.Append(property.Name).Append(':').Append(JsonType.NameOf(property.PropertyType)).Append(',');
            parts.Add(property.PropertyType);
        }

        foreach (var derived in type.PolymorphismOptions?.DerivedTypes ?? [])
        {
            text.Append(derived.TypeDiscriminator).Append('=').Append(JsonType.NameOf(derived.DerivedType)).Append(',');
            parts.Add(derived.DerivedType);
        }

        text.Append('}');
        foreach (var part in parts)
        {
            if (part is not null && type.Options.TryGetTypeInfo(part, out var info))
            {
                Describe(info, seen, text);
            }
        }
    }
}
