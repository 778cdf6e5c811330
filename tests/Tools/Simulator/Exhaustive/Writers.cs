using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>
/// The methods from which <see cref="Writer{T}"/> is made: one for each <see cref="FieldRule"/>, and one for each container.
/// </summary>
internal static class Writers
{
    private const int OldestAge = 3;

    private static readonly Dictionary<Type, Action<DigestSink, object>> ByType = [];

    public static void WriteWhole<T>(DigestSink sink, T value) => Writer<T>.Write(sink, value);

    public static void WriteIsSet<T>(DigestSink sink, T value) => sink.Number(value is null ? 0 : 1);

    public static void WriteAge(DigestSink sink, long tick) => sink.Number(Math.Min(OldestAge, sink.Now - tick));

    public static void WriteRemaining(DigestSink sink, long tick) => sink.Number(Math.Max(0, tick - sink.Now));

    public static void WriteUpToTwo(DigestSink sink, int count) => sink.Number(Math.Min(count, 2));

    public static void WriteCount<T>(DigestSink sink, T items)
        where T : ICollection => sink.Number(items.Count);

    public static void WriteNullable<T>(DigestSink sink, T? value)
        where T : struct
    {
        sink.Number(value is null ? 0 : 1);
        if (value is { } known)
        {
            Writer<T>.Write(sink, known);
        }
    }

    public static void WriteChunked<T>(DigestSink sink, ChunkedList<T> list)
    {
        sink.Number(list.Count);
        for (var place = 0; place < list.Count; place++)
        {
            Writer<T>.Write(sink, list[place]);
        }
    }

    public static void WriteArray<T>(DigestSink sink, ImmutableArray<T> items)
    {
        ImmutableArray<T> present = items.IsDefault ? [] : items;
        if (Abstraction.IsByName(typeof(T)))
        {
            WriteUnordered<ImmutableArray<T>, T>(sink, present);
        }
        else
        {
            WriteItems<ImmutableArray<T>, T>(sink, present);
        }
    }

    public static void WriteNode<T>(DigestSink sink, LinkedListNode<T> node) => Writer<T>.Write(sink, node.Value);

    public static void WriteItems<TItems, TItem>(DigestSink sink, TItems? items)
        where TItems : IEnumerable<TItem>
    {
        var count = 0;
        foreach (var item in (IEnumerable<TItem>?)items ?? [])
        {
            Writer<TItem>.Write(sink, item);
            count++;
        }

        sink.Number(count);
    }

    public static void WriteUnordered<TItems, TItem>(DigestSink sink, TItems? items)
        where TItems : IEnumerable<TItem> => sink.Unordered((IEnumerable<TItem>?)items ?? [], Writer<TItem>.Write);

    /// <summary>Writes an object by its own type.</summary>
    public static void WriteActual(DigestSink sink, object? value)
    {
        if (value is null)
        {
            sink.Number(0);
            return;
        }

        var type = value.GetType();
        if (!ByType.TryGetValue(type, out var write))
        {
            var make = typeof(Writers).GetMethod(nameof(Boxed), BindingFlags.Static | BindingFlags.NonPublic)!;
            write = (Action<DigestSink, object>)make.MakeGenericMethod(type).Invoke(null, null)!;
            ByType.Add(type, write);
        }

        write(sink, value);
    }

    private static Action<DigestSink, object> Boxed<T>()
    {
        if (typeof(T) == typeof(object))
        {
            return (sink, _) => sink.Number(1);
        }

        var (name, write) = (typeof(T).Name, typeof(T).IsSealed ? Writer<T>.Write : Writer<T>.WriteExact);
        return (sink, value) =>
        {
            sink.Text(name);
            write(sink, (T)value);
        };
    }
}
