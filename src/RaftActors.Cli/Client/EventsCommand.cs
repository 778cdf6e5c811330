namespace RaftActors.Cli.Client;

internal static class EventsCommand
{
    public static Command Build(CommandEnvironment environment) => new GroupVerb(environment, "events")
    {
        What = """
            Lists the latest events of each member: elections, changes of members, refusals, members out of reach, and problems. Each
            member remembers its last 50 until its process ends. They are sorted by time, by the clock of each member's machine.
            """,
        Ends = ExitCodes.OfLook,
        Examples = ["events -S :9990,:9991", "events --contacts 10.0.0.1:2551 --group orders"],
        Looks = _ => true,
        Run = (_, run) => run.AskStatus(group => run.Ask(
            () => Task.WhenAll(group.Processes.Select(process => EventsOfAsync(process.Name, run.Client))),
            members => run.WriteRows(
                "event",
                [.. members.SelectMany(events => events).OrderBy(told => told.At)],
                [
                    new("TIME", "time", told => LogClock.Text(told.At)),
                    new(run.Target.Noun.ToUpperInvariant(), run.Target.Noun, told => run.Target.Show(told.Process)),
                    new("EVENT", "event", told => run.Target.Show(told.Text)),
                ]))),
    }.Build();

    private static async Task<(DateTimeOffset At, ProcessName Process, string Text)[]> EventsOfAsync(
        ProcessName process, GroupClient client)
    {
        var told = await client.Raft.EventsAsync(process, client.End).ConfigureAwait(false);
        return told is null
            ? [(DateTimeOffset.UtcNow, process, "did not answer: it has stopped meanwhile, or its program is an earlier one")]
            : [.. told.Select(each => (each.At, process, each.Text))];
    }
}
