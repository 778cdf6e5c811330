using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary><c>raft print --here</c>, which writes the log of the group to standard output.</summary>
internal static class PrintHere
{
    public static int Run(GroupRun run) => run.Ask(() => PrintAsync(run), _ => ExitCode.Done);

    private static async Task<long> PrintAsync(GroupRun run)
    {
        // The serial of the first answer ends the output, because a busy log would never end. A page without new messages ends it too:
        // the other pairs up to that serial are repeats of earlier messages.
        Serial? end = null;
        var printed = 0L;
        for (var after = -1L; printed > after && (end is null || printed < end.Value.Value);)
        {
            after = printed;
            var age = end is { } known ? ReadConsistency.NotOlderThan(known) : ReadConsistency.Local;
            var page = await run.Client.Raft.QueryAsync<byte[]>(after, run.Settings.Timeout, age, run.Client.End).ConfigureAwait(false);
            var messages = MessageLogFormat.Read(page.Result).Messages;
            end ??= page.Serial;
            foreach (var (serial, id, text) in messages)
            {
                if (serial > after && serial <= end.Value.Value)
                {
                    run.Write("message", $"{serial}  {Printable.Of(text)}", ("serial", serial), ("requestId", id), ("text", text));
                    printed = serial;
                }
            }
        }

        return printed;
    }
}
