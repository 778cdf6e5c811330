using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary><c>raft print --here</c>: writes the log of the server that is asked to standard output, a page at a time.</summary>
internal static class PrintHere
{
    public static int Run(ClientSettings client, Surroundings surroundings) => client.Run(async (servers, _, cancellation) =>
    {
        // Messages that are appended meanwhile are left out, so it ends.
        long? end = null;
        for (var printed = 0L; end is null || printed < end;)
        {
            var after = printed;
            var ending = await servers.AskAsync(
                (number, _) => new Request.ReadLog(number, after), mayRepeat: true, client.Timeout, _ => { }, cancellation);
            if (ending is not Ending.Answered { Reply: Reply.LogPage { Messages: { IsDefault: false } messages } page } answered)
            {
                return Failure.Say(surroundings, ending, cancellation);
            }

            end ??= page.LastSerial;
            foreach (var message in messages.Where(message => message.Serial > printed && message.Serial <= end))
            {
                Write(surroundings.Output, message, client.IsJson);
                printed = message.Serial;
            }

            if (printed == after && printed < end)
            {
                return Lags(surroundings, answered.By, page.LastSerial, end.Value);
            }
        }

        return Session.Fine;
    });

    private static void Write(TextWriter output, LogMessage message, bool isJson)
    {
        if (!isJson)
        {
            output.WriteLine($"{message.Serial}  {Printable.Of(message.Text ?? "")}");
            return;
        }

        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "message");
            writer.WriteNumber("serial", message.Serial);
            JsonLine.Text(writer, "requestId", message.RequestId);
            JsonLine.Text(writer, "text", message.Text);
        });
    }

    // The server that gave the first pages has gone, and the next one of the list is behind it.
    private static int Lags(Surroundings surroundings, ServerId by, long has, long end)
    {
        surroundings.Output.Flush();
        surroundings.Error.WriteLine(
            $"raft: the log is not printed to its end: {by} has only messages up to serial {has} of {end}; "
            + "ask again when it has caught up");
        return Session.Wrong;
    }
}
