using System.CommandLine;

using RaftActors.Cli.Terminal;

using Spectre.Console;

namespace RaftActors.Cli.Client.Top;

/// <summary><c>raft top</c>.</summary>
/// <param name="hasGroup">False: the table has all groups of an application.</param>
internal sealed class TopCommand(GroupRun run, CommandEnvironment environment, GroupClient client, bool hasGroup)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(50);

    // The table of the period before; null: this is the first one, or the group did not answer.
    private ITopTable? _before;

    public static Command Build(CommandEnvironment environment)
    {
        var interval = new Option<string?>("--interval")
        {
            Description = $"The time between two tables: {Duration.Forms}. Default: {DefaultInterval.TotalSeconds}s.",
            HelpName = "time",
        };
        var count = new Option<int?>("--count")
        {
            Description = "End after this many tables.",
            HelpName = "n",
            Validators =
            {
                result =>
                {
                    if (result.GetValueOrDefault<int?>() < 1)
                    {
                        result.AddError("--count must be 1 or more");
                    }
                },
            },
        };
        var options = new ClientOptions(environment);
        options.Group.Description = "One group of the application. Default: all of them.";
        return new GroupVerb(environment, "top")
        {
            What = """
                Shows the members of a group, or all groups of an application, as they work: a live table on a terminal, which q or Ctrl-C ends.
                Elsewhere it prints a table for each period. With -S or --group each member is asked in each period:

                  SERVER      its name; with --contacts PROCESS
                  ROLE        leader, follower, candidate or pre-candidate; unreachable: no answer within a fifth of --timeout
                  TERM        the highest term that it knows. A term that grows means elections
                  COMMITTED   the last pair that it knows to be committed
                  DELIVERED   the last pair that its actor has received
                  LAG         the number of pairs that it is behind the highest COMMITTED
                  COMMITS/S   growth of COMMITTED per second since the table before
                  SYNC        the longest sync of its log in the last 5 to 10 seconds; empty: none, or a log in memory
                  ROUND TRIP  from the call of this program to the reply of the member

                With --contacts and without --group the table has a row for each group. Each node is asked for all of its processes, which are
                not asked themselves. Groups with a problem come first, then those with the highest rate. A terminal shows as many as fit:

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
            Looks = true,
            Run = (parsed, run) =>
            {
                var hasGroup = run.Target is ServersTarget || parsed.GetValue(options.Group) is not null;
                return new TopCommand(run, environment, run.Client, hasGroup).Run(
                    IntervalOf(parsed.GetValue(interval)), parsed.GetValue(count) ?? int.MaxValue);
            },
        }.Build();
    }

    private static TimeSpan IntervalOf(string? text) => text is null ? DefaultInterval
        : Duration.Parse(text, "", TimeSpan.FromSeconds(1), IntervalMax, out var problem) ?? throw new UsageException(problem);

    private int Run(TimeSpan interval, int count) => environment.IsTerminal && !run.Settings.IsJson
        ? AnsiConsole.Live(new Text("")).Start(context => Repeat(
            interval, count, (table, why) => context.UpdateTarget(
                table is null ? new Text($"raft: {why}") : table.ForTerminal(AnsiConsole.Profile.Height))))
        : Repeat(interval, count, Write);

    private async Task<ITopTable> TakeAsync() => hasGroup
        ? new TopView(
            await GroupReport.TakeAsync(client, client.Interrupted).ConfigureAwait(false), (_before as TopView)?.Report.Rows ?? [])
        : new ApplicationTable(
            run.Target,
            await ApplicationSample.TakeAsync(client.Raft, run.Settings.LookTimeout, client.Interrupted).ConfigureAwait(false),
            (_before as ApplicationTable)?.Sample);

    /// <param name="show">Gets the table, or why there is none.</param>
    private int Repeat(TimeSpan interval, int count, Action<ITopTable?, string?> show)
    {
        while (true)
        {
            // Not ended by refusals: the members may start later.
            var why = client.TryAsk(TakeAsync, out var table);
            if (client.IsInterrupted)
            {
                return ExitCode.Interrupted;
            }

            show(why is null ? table : null, why);
            _before = why is null ? table : null;
            if (--count == 0 || WaitsForQ(interval))
            {
                return why is null ? ExitCode.Done : ExitCode.Failed;
            }
        }
    }

    /// <returns>Whether q was typed on the terminal.</returns>
    private bool WaitsForQ(TimeSpan interval)
    {
        if (!environment.IsTerminal || Console.IsInputRedirected)
        {
            client.Interrupted.WaitHandle.WaitOne(interval);
            return false;
        }

        for (var left = interval; left > TimeSpan.Zero && !client.IsInterrupted; left -= KeyPause)
        {
            while (Console.KeyAvailable)
            {
                if (Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q')
                {
                    return true;
                }
            }

            client.Interrupted.WaitHandle.WaitOne(left < KeyPause ? left : KeyPause);
        }

        return false;
    }

    private void Write(ITopTable? table, string? why)
    {
        if (table is null)
        {
            environment.Error.WriteLine($"raft: {why}");
            return;
        }

        if (run.Settings.IsJson)
        {
            table.WriteJson(environment.Output);
        }
        else
        {
            environment.Output.Write(_before is null ? "" : "\n");
            table.WriteText(environment.Output);
        }

        environment.Output.Flush();
    }
}
