using System.CommandLine;

using RaftActors.Cli.Protocol;

using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary><c>raft status</c>.</summary>
internal sealed class StatusCommand(Surroundings surroundings, ClientSettings client, ServerList servers, ServerConnection connection)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static Command Build(Surroundings surroundings)
    {
        var watch = new Option<bool>("--watch")
        {
            Description = "Go on until Ctrl-C: a live table on a terminal, elsewhere a table each time something changed.",
        };
        var options = new ClientOptions(surroundings);
        var command = new Command(
            "status",
            """
            Shows how each server of the group is. A server of --server is asked which they are, then each of them is asked itself:

              SERVER   its name
              ROLE     leader, follower, candidate, pre-candidate; unreachable if it did not answer within a fifth of --timeout
              VOTES    whether it counts for majorities
              TERM     the latest election that it heard of
              SERIAL   the last message that it has processed
              COMMIT   the last message that it knows to be committed
              LAG      how many messages it is behind the furthest COMMIT
              ADDRESS  where it listens
              SINCE    since when it has had its role, in local time
              NOTE     what a person should know: that it was removed, is shut out, waits to be taken in, or why it is unreachable

            Exit codes:
              0    a leader is known, and every member answered
              1    a member is down or shut out, no leader is known, or no server of --server answered
              2    the command is wrong
              130  Ctrl-C, as every --watch ends

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
                var status = new StatusCommand(surroundings, client, servers, connection);
                return parsed.GetValue(watch) ? status.WatchAsync(cancellation) : status.ShowAsync(cancellation);
            });
        });
        return command;
    }

    private async Task<int> ShowAsync(CancellationToken cancellation)
    {
        var (group, ending) = await AskAsync(cancellation);
        if (group is null)
        {
            return Failure.Say(surroundings, ending, cancellation);
        }

        if (surroundings.IsTerminal && !client.IsJson)
        {
            AnsiConsole.Write(ForTerminal(group));
        }
        else
        {
            Write(surroundings.Output, group);
        }

        return group.IsHealthy && group.IsWhole ? Session.Fine : Session.Wrong;
    }

    private Task<int> WatchAsync(CancellationToken cancellation) => surroundings.IsTerminal && !client.IsJson
        ? AnsiConsole.Live(new Text("")).StartAsync(context => RepeatAsync(
            (group, ending) => context.UpdateTarget(group is null ? new Text(Failure.Reason(ending)) : ForTerminal(group)),
            cancellation))
        : RepeatAsync(new ChangesOnly(this, surroundings).Write, cancellation);

    private async Task<int> RepeatAsync(Action<GroupStatus?, Ending> show, CancellationToken cancellation)
    {
        while (true)
        {
            var (group, ending) = await AskAsync(cancellation);
            if (cancellation.IsCancellationRequested)
            {
                return Session.Interrupted;
            }

            show(group, ending);
            await Task.Delay(Period, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(GroupStatus? Group, Ending Ending)> AskAsync(CancellationToken cancellation)
    {
        var ending = await servers.AskAsync((number, _) => new Request.Status(number), true, client.Timeout, _ => { }, cancellation);
        return ending is Ending.Answered { Reply: Reply.StatusIs status }
            ? (await GroupStatus.AskAsync(status, connection, client.Timeout, cancellation), ending)
            : (null, ending);
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

    /// <summary>Writes what differs from what was written last: a table, or why there is none.</summary>
    private sealed class ChangesOnly(StatusCommand status, Surroundings surroundings)
    {
        private string _last = "";

        public void Write(GroupStatus? group, Ending ending)
        {
            using var text = new StringWriter();
            if (group is null)
            {
                text.WriteLine($"raft: {Failure.Reason(ending)}");
            }
            else
            {
                status.Write(text, group);
            }

            if (text.ToString() is var now && now != _last)
            {
                var (output, error) = (surroundings.Output, surroundings.Error);
                (group is null ? error : output).Write(now);
                output.Flush();
                _last = now;
            }
        }
    }
}
