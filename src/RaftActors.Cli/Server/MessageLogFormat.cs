using RaftActors.Codec;

namespace RaftActors.Cli.Server;

/// <summary>
/// A message log as the bytes of a snapshot: the version, how many messages, and of each how far its serial is from the one before, its id
/// and its text.
/// </summary>
internal static class MessageLogFormat
{
    private const byte Version = 1;

    public static byte[] Write(MessageLog log)
    {
        var writer = new ByteWriter();
        writer.Octet(Version);
        writer.Number(log.Messages.Count);
        var before = 0L;
        foreach (var message in log.Messages)
        {
            writer.Number(message.Serial - before);
            writer.Text(message.Id);
            writer.Text(message.Text);
            before = message.Serial;
        }

        return writer.ToArray();
    }

    /// <exception cref="InvalidDataException">No server of this version wrote it.</exception>
    public static MessageLog Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        if (reader.Octet() is var version and not Version)
        {
            throw new InvalidDataException($"The snapshot has version {version}, and this program reads version {Version}. "
                + "Start the server with the program that wrote it, or a later one.");
        }

        var log = new MessageLog();
        var serial = 0L;
        for (var left = reader.Count(); left > 0; left--)
        {
            var step = reader.Count();
            if (step == 0 || step > long.MaxValue - serial)
            {
                throw reader.Damaged("a serial does not follow the one before");
            }

            serial += step;
            if (log.Apply(reader.Text(), reader.Text(), serial) == 0)
            {
                throw reader.Damaged("a request id stands there twice");
            }
        }

        reader.End();
        return log;
    }
}
