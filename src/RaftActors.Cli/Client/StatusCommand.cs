using System.CommandLine;

using RaftActors.Cli.Protocol;

using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary><c>raft status</c>.</summary>
internal sealed class StatusCommand(CommandEnvironment environment, ClientSettings client, ServerList servers, ServerConnection connection)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static Command Build(CommandEnvironment environment)
    {
        var watch = new Option<bool>("--watch")
        {
            Description = "Repeat until Ctrl-C: a live table on a terminal, elsewhere a new table after each change.",
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            "status",
            """
            Shows the state of each server of the group. One server of --server names the members, and then each member is asked:

              SERVER   its name
              ROLE     leader, follower, candidate or pre-candidate; unreachable: no answer within a fifth of --timeout
              VOTES    whether it counts for majorities
              TERM     the highest term that it knows
              SERIAL   the last message that it has processed
              COMMIT   the last message that it knows to be committed
              LAG      the number of messages that it is behind the highest COMMIT
              ADDRESS  its address
              SINCE    the start of its role, in local time
              NOTE     a problem: it was removed, is fenced, waits to be added, or why it is unreachable

            Exit codes:
              0    a leader is known, and every member answered
              1    a member is down or fenced, no leader is known, or no server of --server answered
              2    the command is wrong
              130  Ctrl-C, also with --watch

            Examples:
              raft status -S :9990,:9991,:9992
              raft status --watch
            """)
        {
            watch,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var client = options.Read(parsed);
            return client.Run((servers, connection, cancellation) =>
            {
                var status = new StatusCommand(environment, client, servers, connection);
                return parsed.GetValue(watch) ? status.Watch(cancellation) : status.Show(cancellation);
            });
        });
        return command;
    }

    private int Show(CancellationToken cancellation)
    {
        var (group, outcome) = Ask(cancellation);
        if (group is null)
        {
            return QueryFailure.Report(environment, outcome, cancellation);
        }

        if (environment.IsTerminal && !client.IsJson)
        {
            AnsiConsole.Write(ForTerminal(group));
        }
        else
        {
            Write(environment.Output, group);
        }

        return group.IsHealthy && group.IsWhole ? ExitCode.Done : ExitCode.Failed;
    }

    private int Watch(CancellationToken cancellation) => environment.IsTerminal && !client.IsJson
        ? AnsiConsole.Live(new Text("")).Start(context => Repeat(
            (group, outcome) => context.UpdateTarget(group is null ? new Text(QueryFailure.Reason(outcome)) : ForTerminal(group)),
            cancellation))
        : Repeat(new ChangesOnly(this, environment).Write, cancellation);

    private int Repeat(Action<GroupStatus?, RequestOutcome> show, CancellationToken cancellation)
    {
        while (true)
        {
            var (group, outcome) = Ask(cancellation);
            if (cancellation.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }

            show(group, outcome);
            cancellation.WaitHandle.WaitOne(Period);
        }
    }

    private (GroupStatus? Group, RequestOutcome RequestOutcome) Ask(CancellationToken cancellation)
    {
        var outcome = servers.Ask((number, _) => new Request.Status(number), true, client.Timeout, _ => { }, cancellation);
        return outcome is RequestOutcome.Answered { Reply: Reply.StatusIs status }
            ? (GroupStatus.Ask(status, connection, client.Timeout, cancellation), outcome)
            : (null, outcome);
    }

    private static Spectre.Console.Table ForTerminal(GroupStatus group) => StatusView.ForTerminal(group, AnsiConsole.Profile.Width);

    private void Write(TextWriter output, GroupStatus group)
    {
        if (client.IsJson)
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

        public void Write(GroupStatus? group, RequestOutcome outcome)
        {
            using var text = new StringWriter();
            if (group is null)
            {
                text.WriteLine($"raft: {QueryFailure.Reason(outcome)}");
            }
            else
            {
                status.Write(text, group);
            }

            if (text.ToString() is var now && now != _last)
            {
                var (output, error) = (environment.Output, environment.Error);
                (group is null ? error : output).Write(now);
                output.Flush();
                _last = now;
            }
        }
    }
}
