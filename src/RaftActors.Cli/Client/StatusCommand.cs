using System.CommandLine;

using RaftActors.Cli.Terminal;

using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary><c>raft status</c>.</summary>
internal sealed class StatusCommand(GroupRun run, CommandEnvironment environment, GroupClient client)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static Command Build(CommandEnvironment environment)
    {
        var watch = new Option<bool>("--watch")
        {
            Description = "Repeat until Ctrl-C: a live table on a terminal, elsewhere a new table after each change.",
        };
        return new GroupVerb(environment, "status")
        {
            What = """
                Shows the state of each member of the group. The servers of --server, or the nodes of --contacts, name the members, and then
                each member is asked:

                  SERVER   its name; with --contacts PROCESS
                  ROLE     leader, follower, candidate or pre-candidate; unreachable: no answer within a fifth of --timeout
                  VOTES    whether it counts for majorities
                  TERM     the highest term that it knows
                  SERIAL   the last message or pair that it has processed
                  COMMIT   the last one that it knows to be committed
                  LAG      the number of them that it is behind the highest COMMIT
                  ADDRESS  its address
                  SINCE    the start of its role, in local time
                  NOTE     its first problem, and the number of others; raft check tells all problems with their remedies
                """,
            Ends = new(
                "the group and each of its members can serve",
                "one of them cannot, or nothing answered",
                Interrupted: "Ctrl-C, also with --watch"),
            Examples =
            [
                "status -S :9990,:9991,:9992",
                "status --watch",
                "status --contacts 10.0.0.1:2551 --group orders",
            ],
            Own = [watch],
            Looks = true,
            Run = (parsed, run) =>
            {
                var status = new StatusCommand(run, environment, run.Client);
                return parsed.GetValue(watch) ? status.Watch() : run.Ask(() => status.AskAsync(run.Client.End), status.Show);
            },
        }.Build();
    }

    private bool IsLive => environment.IsTerminal && !run.Settings.IsJson;

    private int Show(GroupReport group)
    {
        if (IsLive)
        {
            AnsiConsole.Write(ForTerminal(group));
        }
        else
        {
            Write(environment.Output, group);
        }

        return group.IsWhole ? ExitCode.Done : ExitCode.Failed;
    }

    private int Watch() => IsLive
        ? AnsiConsole.Live(new Text("")).Start(context => Repeat(
            (group, why) => context.UpdateTarget(why is null ? ForTerminal(group) : new Text(why))))
        : Repeat(new ChangesOnly(this, environment).Write);

    /// <param name="show">Gets the status, or why there is none.</param>
    private int Repeat(Action<GroupReport, string?> show)
    {
        while (true)
        {
            // Not ended by refusals: the servers may start later.
            var why = client.TryAsk(() => AskAsync(client.Interrupted), out var group);
            if (client.IsInterrupted)
            {
                return ExitCode.Interrupted;
            }

            show(group, why);
            client.Interrupted.WaitHandle.WaitOne(Period);
        }
    }

    private async Task<GroupReport> AskAsync(CancellationToken end)
    {
        var group = await client.StatusAsync(end).ConfigureAwait(false);

        // The others answer for a server that they do not reach. Why this program does not is known when its own attempt has ended.
        await Task.WhenAny(client.Attempts, Task.Delay(run.Settings.LookTimeout, end)).ConfigureAwait(false);
        end.ThrowIfCancellationRequested();
        return GroupReport.Of(group, client);
    }

    private static Table ForTerminal(GroupReport group) => StatusView.ForTerminal(group, AnsiConsole.Profile.Width);

    private void Write(TextWriter output, GroupReport group)
    {
        if (run.Settings.IsJson)
        {
            StatusView.WriteJson(output, group);
        }
        else
        {
            StatusView.WriteText(output, group);
        }
    }

    /// <summary>Writes the table, or why there is none, when it differs from the last one.</summary>
    private sealed class ChangesOnly(StatusCommand status, CommandEnvironment environment)
    {
        private string _last = "";

        public void Write(GroupReport group, string? why)
        {
            using var text = new StringWriter();
            if (why is not null)
            {
                text.WriteLine($"raft: {why}");
            }
            else
            {
                status.Write(text, group);
            }

            if (text.ToString() is var now && now != _last)
            {
                var (output, error) = (environment.Output, environment.Error);
                (why is null ? output : error).Write(now);
                output.Flush();
                _last = now;
            }
        }
    }
}
