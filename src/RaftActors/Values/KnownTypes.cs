namespace RaftActors.Values;

/// <summary>The types that RaftActors itself writes, whatever codecs and serializers there are.</summary>
internal static class KnownTypes
{
    private static readonly HashSet<Type> All =
    [
        typeof(string), typeof(byte[]), typeof(ReadOnlyMemory<byte>), typeof(bool), typeof(sbyte), typeof(byte), typeof(short),
        typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal),
    ];

    /// <summary>Tells whether this is such a type, the nullable form of one, or <c>object</c>.</summary>
    public static bool Has(Type type) => All.Contains(Nullable.GetUnderlyingType(type) ?? type) || type == typeof(object);
}
