using RaftActors.Cli.Server;
using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary><c>raft print --here</c>: writes the log of the group to standard output, page by page.</summary>
internal static class PrintHere
{
    public static int Run(ClientSettings settings, CommandEnvironment environment) => settings.Run(client =>
    {
        // The last serial of the first page ends the output. Without this a busy log would never end.
        Serial? end = null;
        for (var printed = 0L; end is null || printed < end.Value.Value;)
        {
            var after = printed;
            var age = end is { } last ? ReadConsistency.NotOlderThan(last) : ReadConsistency.Local;
            if (!client.TryAsk(() => PageAsync(client, after, age, settings.Timeout), environment, out var page, out var code))
            {
                return code;
            }

            end ??= page.Last;
            foreach (var message in page.Messages.Where(message => message.Serial > printed && message.Serial <= end.Value.Value))
            {
                Write(environment.Output, message, settings.IsJson);
                printed = message.Serial;
            }

            if (printed == after)
            {
                // The pairs up to the end are repeats of earlier messages.
                break;
            }
        }

        return ExitCode.Done;
    });

    private static async Task<(IReadOnlyList<Message> Messages, Serial Last)> PageAsync(
        GroupClient client, long after, ReadConsistency age, TimeSpan timeout)
    {
        var (page, last) = await client.Raft.QueryWithSerialAsync<byte[]>(after, timeout, age, client.End).ConfigureAwait(false);
        return (MessageLogFormat.Read(page).Messages, last);
    }

    private static void Write(TextWriter output, Message message, bool isJson)
    {
        if (!isJson)
        {
            output.WriteLine($"{message.Serial}  {Printable.Of(message.Text)}");
            return;
        }

        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "message");
            writer.WriteNumber("serial", message.Serial);
            JsonLine.Text(writer, "requestId", message.Id);
            JsonLine.Text(writer, "text", message.Text);
        });
    }
}
