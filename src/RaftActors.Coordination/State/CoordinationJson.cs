using System.Text.Json;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>The JSON of all that the log, the snapshots and the messages of the coordination group contain.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Command))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(Question))]
[JsonSerializable(typeof(LockView))]
[JsonSerializable(typeof(CoordinationImage))]
internal sealed partial class CoordinationJson : JsonSerializerContext
{
    public static byte[] ToBytes(Question question) => JsonSerializer.SerializeToUtf8Bytes(question, Default.Question);

    /// <param name="answer">An <see cref="Answer"/> or a <see cref="LockView"/>.</param>
    public static byte[] ToBytes(object answer) => answer is Answer known
        ? JsonSerializer.SerializeToUtf8Bytes(known, Default.Answer)
        : JsonSerializer.SerializeToUtf8Bytes((LockView)answer, Default.LockView);

    /// <exception cref="InvalidDataException">The bytes are no question.</exception>
    public static Question ToQuestion(object bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes as byte[], Default.Question) ?? throw new InvalidDataException("The question is null.");
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"The question cannot be read: {cause.Message} Update the older one of the two nodes.", cause);
        }
    }
}
