namespace RaftActors.Cli.Client.Top;

internal static class TopCommand
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromHours(1);

    public static Command Build(CommandEnvironment environment)
    {
        var interval = new Option<string?>("--interval")
        {
            Description = $"The time between two tables: {Duration.Forms}. Default: {DefaultInterval.TotalSeconds}s.",
            HelpName = "time",
        };
        var count = SharedOptions.Number("--count", "n", "End after this many tables.", min: 1);
        var options = new ClientOptions(environment);
        options.Group.Description = "One group of the application. Default: all of them.";
        return new GroupVerb(environment, "top")
        {
            What = """
                Shows the members of a group, or all groups of an application, as they work: a live table on a terminal, which q or Ctrl-C
                ends. Elsewhere it prints a table for each period. With -S or --group each member is asked in each period:

                  SERVER      its name; with --contacts PROCESS
                  ROLE        leader, follower, candidate or pre-candidate; unreachable: no answer within a fifth of --timeout
                  TERM        the highest term that it knows. A term that grows means elections
                  COMMITTED   the last pair that it knows to be committed
                  DELIVERED   the last pair that its actor has received
                  LAG         the number of pairs that it is behind the highest COMMITTED
                  COMMITS/S   growth of COMMITTED per second since the table before
                  SYNC        the longest sync of its log in the last 5 to 10 seconds; empty: none, or a log in memory
                  ROUND TRIP  from the call of this program to the reply of the member

                With --contacts and without --group the table has a row for each group. Each node is asked for all of its processes, which
                are not asked themselves. Groups with a problem come first, then those with the highest rate. A terminal shows as many as
                fit:

                  GROUP       its name
                  LEADER      the leader of the latest term, or none
                  TERM        the highest term that a member knows
                  MEMBERS     members that answered, and all members
                  COMMITTED   the last pair that a process knows to be committed
                  LAG         the largest of its members
                  COMMITS/S   as above
                  SYNC        the largest of its processes
                  NOTE        its first problem, and the number of others. raft check --group tells all with their remedies

                Nodes that do not answer, or whose program is too early to list its groups, are named below the table.
                """,
            Ends = new("ended by q or --count, and the last table has a member or a node that answered", "none answered at the end"),
            Examples =
            [
                "top -S :9990",
                "top --contacts 10.0.0.1:2551",
                "top --contacts 10.0.0.1:2551 --group orders --interval 5s",
                "top -S :9990 --count 2 --json",
            ],
            Own = [interval, count],
            Options = options,
            Looks = _ => true,
            IsOfOneGroup = parsed => parsed.GetValue(options.Group) is not null,
            Run = (parsed, run) =>
            {
                var isOne = run.Target is ServersTarget || parsed.GetValue(options.Group) is not null;
                var period = parsed.GetValue(interval) is { } text
                    ? Duration.Parse(text, "", TimeSpan.FromSeconds(1), IntervalMax)
                    : DefaultInterval;
                return new LiveTable(run, before => isOne ? OneAsync(run, before) : AllAsync(run, before), period, hasRepeats: true)
                    .Run(parsed.GetValue(count) ?? long.MaxValue);
            },
        }.Build();
    }

    private static async Task<ITable> OneAsync(GroupRun run, ITable? before) => TopView.Of(
        await GroupReport.TakeAsync(run.Client, run.Client.Interrupted).ConfigureAwait(false),
        (before as RowTable<MemberRow>)?.Rows ?? []);

    private static async Task<ITable> AllAsync(GroupRun run, ITable? before) => new ApplicationTable(
        run.Target,
        await ApplicationSample.TakeAsync(run.Client.Connection, run.Settings.LookTimeout, run.Client.Interrupted).ConfigureAwait(false),
        (before as ApplicationTable)?.Sample);
}
