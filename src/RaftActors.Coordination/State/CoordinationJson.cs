using System.Text.Json;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>The JSON of all that the log, the snapshots and the messages of the coordination group contain.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Command))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(Question))]
[JsonSerializable(typeof(LockView))]
[JsonSerializable(typeof(ItemsView))]
[JsonSerializable(typeof(RaftOverview))]
[JsonSerializable(typeof(CoordinationImage))]
internal sealed partial class CoordinationJson : JsonSerializerContext
{
    public static byte[] ToBytes(Question question) => JsonSerializer.SerializeToUtf8Bytes(question, Default.Question);

    /// <param name="answer">
    /// An <see cref="Answer"/>, a <see cref="LockView"/>, an <see cref="RaftOverview"/> or an <see cref="ItemsView"/>.
    /// </param>
    public static byte[] ToBytes(object answer) => answer switch
    {
        Answer known => JsonSerializer.SerializeToUtf8Bytes(known, Default.Answer),
        LockView view => JsonSerializer.SerializeToUtf8Bytes(view, Default.LockView),
        RaftOverview view => JsonSerializer.SerializeToUtf8Bytes(view, Default.RaftOverview),
        _ => JsonSerializer.SerializeToUtf8Bytes((ItemsView)answer, Default.ItemsView),
    };

    /// <exception cref="InvalidDataException">The bytes are no question.</exception>
    public static Question ToQuestion(object bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes as byte[], Default.Question) ?? throw new InvalidDataException("The question is null.");
        }
        catch (Exception cause) when (cause is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"The question cannot be read: {cause.Message} Update the older one of the two nodes.", cause);
        }
    }
}
