using RaftActors.Cli.Server;
using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary><c>raft print --here</c>: writes the log of the group to standard output, page by page.</summary>
internal static class PrintHere
{
    public static int Run(GroupRun run) => run.Ask(() => PrintAsync(run), _ => ExitCode.Done);

    /// <returns>The last serial that was printed.</returns>
    private static async Task<long> PrintAsync(GroupRun run)
    {
        // The last serial of the first page ends the output. Without this a busy log would never end.
        Serial? end = null;

        // A page without messages ends it, too: the pairs up to the end are repeats of earlier messages.
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
