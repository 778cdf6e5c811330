using System.Collections;
using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;
using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>Writes the values of one type to a digest: field by field, as <see cref="Abstraction"/> says. Compiled once.</summary>
internal static class Writer<T>
{
    private static Action<DigestSink, T>? _exact;

    public static Action<DigestSink, T> Write { get; } = Make();

    /// <summary>Writes an object whose own type is this one, though others derive from it.</summary>
    public static Action<DigestSink, T> WriteExact => _exact ??= Object(Fields(typeof(T)));

    private static Action<DigestSink, T> Make()
    {
        var type = typeof(T);
        if (Leaves.Of(type) is Action<DigestSink, T> leaf)
        {
            return leaf;
        }

        return type.IsEnum ? (sink, value) => sink.Number(Convert.ToInt64(value))
            : Nullable.GetUnderlyingType(type) is { } inner ? Call(nameof(Writers.WriteNullable), inner)
            : Parts(type, typeof(ChunkedList<>)) is [var chunked] ? Call(nameof(Writers.WriteChunked), chunked)
            : Parts(type, typeof(ImmutableArray<>)) is [var array] ? Call(nameof(Writers.WriteArray), array)
            : Parts(type, typeof(LinkedListNode<>)) is [var node] ? Call(nameof(Writers.WriteNode), node)
            : ItemOf(type) is { } item ? Call(NameOfWriter(type, item), type, item)
            : type.IsValueType ? Fields(type)
            : type.IsSealed ? Object(Fields(type))
            : (sink, value) => Writers.WriteActual(sink, value);
    }

    /// <summary>A record is a value. Another object may be found on several paths, and is written on the first.</summary>
    private static Action<DigestSink, T> Object(Action<DigestSink, T> fields)
    {
        var isRecord = typeof(T).GetMethod("<Clone>$") is not null;
        return (sink, value) =>
        {
            if (value is null || (!isRecord && !sink.IsNew(value)))
            {
                sink.Number(value is null ? 0 : 1);
                if (value is Progress progress)
                {
                    sink.Name(progress.Member.Name);
                }

                return;
            }

            sink.Number(2);
            fields(sink, value);
        };
    }

    private static Action<DigestSink, T> Fields(Type type)
    {
        var (sink, value) = (Expression.Parameter(typeof(DigestSink)), Expression.Parameter(typeof(T)));
        var calls = new List<Expression> { Expression.Empty() };
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            foreach (var field in declaring.GetFields(own).OrderBy(field => field.MetadataToken))
            {
                if (Abstraction.RuleOf(field) is var rule and not FieldRule.None)
                {
                    var method = typeof(Writers).GetMethod($"Write{rule}")!;
                    method = method.IsGenericMethod ? method.MakeGenericMethod(field.FieldType) : method;
                    calls.Add(Expression.Call(method, sink, Expression.Field(value, field)));
                }
            }
        }

        return Expression.Lambda<Action<DigestSink, T>>(Expression.Block(calls), sink, value).Compile();
    }

    private static Action<DigestSink, T> Call(string method, params Type[] parts) =>
        typeof(Writers).GetMethod(method)!.MakeGenericMethod(parts).CreateDelegate<Action<DigestSink, T>>();

    private static Type[] Parts(Type type, Type generic) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments() : [];

    private static Type? ItemOf(Type type) => type.IsArray ? type.GetElementType()
        : type.GetInterfaces().FirstOrDefault(one => Parts(one, typeof(IEnumerable<>)).Length == 1)?.GetGenericArguments()[0];

    private static string NameOfWriter(Type type, Type item) =>
        Abstraction.IsByName(item) || typeof(IDictionary).IsAssignableFrom(type) || Parts(type, typeof(HashSet<>)).Length == 1
            ? nameof(Writers.WriteUnordered)
            : nameof(Writers.WriteItems);
}
