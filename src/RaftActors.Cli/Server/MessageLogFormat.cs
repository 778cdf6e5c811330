using System.Text;

namespace RaftActors.Cli.Server;

/// <summary>
/// The bytes of messages in a snapshot and in an answer to a client. The version and the number of messages come first. Each message has
/// the difference of its serial to the one before, its id and its text.
/// </summary>
internal static class MessageLogFormat
{
    private const byte Version = 1;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Write(IReadOnlyCollection<Message> messages)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Strict);
        writer.Write(Version);
        writer.Write7BitEncodedInt64(messages.Count);
        var before = 0L;
        foreach (var message in messages)
        {
            writer.Write7BitEncodedInt64(message.Serial - before);
            writer.Write(message.Id);
            writer.Write(message.Text);
            before = message.Serial;
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are damaged, or have another version.</exception>
    public static MessageLog Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Strict);
        try
        {
            return Read(reader);
        }
        catch (EndOfStreamException)
        {
            throw Damaged("more bytes should follow");
        }
        catch (Exception e) when (e is DecoderFallbackException or FormatException or IOException)
        {
            throw Damaged("a number or a text is not valid, such as a text that is not UTF-8");
        }
    }

    private static MessageLog Read(BinaryReader reader)
    {
        if (reader.ReadByte() is var version and not Version)
        {
            throw new InvalidDataException($"Cannot read the messages: they have version {version}, and this program reads version "
                + $"{Version}. Use the program that wrote them, or a later one.");
        }

        var log = new MessageLog();
        var serial = 0L;
        for (var left = reader.Read7BitEncodedInt64(); left > 0; left--)
        {
            var step = reader.Read7BitEncodedInt64();
            if (step <= 0 || step > long.MaxValue - serial)
            {
                throw Damaged("a serial is not above the one before");
            }

            serial += step;
            if (log.Apply(reader.ReadString(), reader.ReadString(), serial) == 0)
            {
                throw Damaged("a request id occurs twice");
            }
        }

        return reader.BaseStream.Position == reader.BaseStream.Length ? log : throw Damaged("there are more bytes than messages");
    }

    private static InvalidDataException Damaged(string why) =>
        new($"The messages are damaged: {why.TrimEnd('.')}. Use another copy of them.");
}
