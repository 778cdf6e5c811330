using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary><c>raft print --here</c>: writes the log of the asked server to standard output, page by page.</summary>
internal static class PrintHere
{
    public static int Run(ClientSettings client, CommandEnvironment environment) => client.Run((servers, _, cancellation) =>
    {
        // The last serial of the first page ends the output. Without this a busy log would never end.
        long? end = null;
        for (var printed = 0L; end is null || printed < end;)
        {
            var after = printed;
            var outcome = servers.Ask(
                (number, _) => new Request.ReadLog(number, after), mayRepeat: true, client.Timeout, _ => { }, cancellation);
            if (outcome is not RequestOutcome.Answered { Reply: Reply.LogPage { Messages: { IsDefault: false } messages } page } answered)
            {
                return QueryFailure.Report(environment, outcome, cancellation);
            }

            end ??= page.LastSerial;
            foreach (var message in messages.Where(message => message.Serial > printed && message.Serial <= end))
            {
                Write(environment.Output, message, client.IsJson);
                printed = message.Serial;
            }

            if (printed == after && printed < end)
            {
                return ReportLag(environment, answered.By, page.LastSerial, end.Value);
            }
        }

        return ExitCode.Done;
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

    // The server of the first pages is gone, and the next server of the list has fewer messages.
    private static int ReportLag(CommandEnvironment environment, ServerId by, long has, long end)
    {
        environment.Output.Flush();
        environment.Error.WriteLine(
            $"raft: the log was not printed to its end: {by} has only messages up to serial {has} of {end}; "
            + "run this again when it has caught up");
        return ExitCode.Failed;
    }
}
