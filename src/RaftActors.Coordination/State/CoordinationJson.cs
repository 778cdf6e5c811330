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
    /// <param name="value">A question or an answer.</param>
    public static byte[] ToBytes(object value) => JsonSerializer.SerializeToUtf8Bytes(
        value, value switch { Question _ => typeof(Question), Answer _ => typeof(Answer), _ => value.GetType() }, Default);

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
