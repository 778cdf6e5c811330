namespace RaftActors;

/// <summary>Says which pair cannot be read. It stands inside of the <see cref="InvalidDataException"/> that a client throws.</summary>
internal sealed class UnreadablePairException : Exception
{
    private UnreadablePairException(Serial serial, string key, Exception cause)
        : base(cause.Message, cause) => (Serial, Key) = (serial, key);

    public Serial Serial { get; }

    public string Key { get; }

    /// <param name="cause">The exception of the codec or of the serializer.</param>
    public static InvalidDataException Of(Serial serial, string key, Exception cause) => new(
        $"The pair with serial {serial} and key '{key}' cannot be read here. {cause.Message}",
        new UnreadablePairException(serial, key, cause));
}
