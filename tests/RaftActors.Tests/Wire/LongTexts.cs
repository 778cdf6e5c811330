using System.Collections;

namespace RaftActors.Tests.Wire;

/// <summary>
/// The bytes of a message with one of its texts replaced by one of a megabyte. Keys and results are left out, because they may be as long
/// as pairs.
/// </summary>
internal static class LongTexts
{
    private static readonly Assembly[] Ours = [typeof(ProcessName).Assembly, typeof(Raft).Assembly];

    private static readonly byte[] Long = Written(new string('a', 1_000_000));

    public static IReadOnlyList<byte[]> In(byte[] bytes, object message)
    {
        List<byte[]> all = [];
        foreach (var text in Of(message).Where(text => text.Length > 1).Distinct().Select(Written))
        {
            for (var place = 0; bytes.AsSpan(place).IndexOf(text) is var next and >= 0; place += next + text.Length)
            {
                all.Add([.. bytes[..(place + next)], .. Long, .. bytes[(place + next + text.Length)..]]);
            }
        }

        return all;
    }

    private static byte[] Written(string text)
    {
        ByteWriter writer = new();
        writer.Text(text);
        return writer.ToArray();
    }

    private static IEnumerable<string> Of(object? value) => value switch
    {
        string text => [text],
        Address address => [address.ToString()],
        ActivityContext context => Of(context.TraceState),
        LogEntry entry => Of(entry.Payload),
        IActorRef actor => [actor.Path.ToSerializationFormat()],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(item => Of(tuple[item])),
        IEnumerable list => list.Cast<object>().SelectMany(Of),
        _ when value?.GetType() is { IsEnum: false } type && Ours.Contains(type.Assembly) => DataOf(type)
            .Where(field => !field.Name.Contains("<Key>") && !field.Name.Contains("<Result>"))
            .SelectMany(field => Of(field.GetValue(value))),
        _ => [],
    };

    // Fields, because properties that are computed may go round in circles.
    private static IEnumerable<FieldInfo> DataOf(Type? type) => type is null ? [] : type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Concat(DataOf(type.BaseType));
}
