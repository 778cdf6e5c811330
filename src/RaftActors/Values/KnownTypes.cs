namespace RaftActors.Values;

/// <summary>The types whose values have bytes of RaftActors' own, with any codec or serializer.</summary>
internal static class KnownTypes
{
    private static readonly HashSet<Type> All =
    [
        typeof(string), typeof(byte[]), typeof(ReadOnlyMemory<byte>), typeof(bool), typeof(sbyte), typeof(byte), typeof(short),
        typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal),
    ];

    /// <summary>Whether this is such a type, the nullable form of one, or the type of any value.</summary>
    public static bool Has(Type type) => All.Contains(Nullable.GetUnderlyingType(type) ?? type) || type == typeof(object);
}
