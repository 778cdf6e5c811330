using RaftActors.Core.Codec;

namespace RaftActors.Cli.Server;

/// <summary>
/// The bytes of messages in a snapshot and in an answer to a client. The version and the number of messages come first. Each message has
/// the difference of its serial to the one before, its id and its text.
/// </summary>
internal static class MessageLogFormat
{
    private const byte Version = 1;

    public static byte[] Write(IReadOnlyCollection<Message> messages)
    {
        var writer = new ByteWriter();
        writer.Octet(Version);
        writer.Number(messages.Count);
        var before = 0L;
        foreach (var message in messages)
        {
            writer.Number(message.Serial - before);
            writer.Text(message.Id);
            writer.Text(message.Text);
            before = message.Serial;
        }

        return writer.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are damaged, or have another version.</exception>
    public static MessageLog Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        if (reader.Octet() is var version and not Version)
        {
            throw new InvalidDataException($"Cannot read the messages: they have version {version}, and this program reads version "
                + $"{Version}. Use the program that wrote them, or a later one.");
        }

        var log = new MessageLog();
        var serial = 0L;
        for (var left = reader.Count(); left > 0; left--)
        {
            var step = reader.Count();
            if (step == 0 || step > long.MaxValue - serial)
            {
                throw reader.Damaged("a serial is not above the one before");
            }

            serial += step;
            if (log.Apply(reader.Text(), reader.Text(), serial) == 0)
            {
                throw reader.Damaged("a request id occurs twice");
            }
        }

        reader.End();
        return log;
    }
}
