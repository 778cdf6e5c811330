using System.Collections.Immutable;
using System.CommandLine;

using Spectre.Console;

namespace RaftActors.Cli.Client.Top;

/// <summary><c>raft top</c>.</summary>
internal sealed class TopCommand(CommandEnvironment environment, ClientSettings settings, GroupClient client)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(50);

    private ImmutableArray<MemberSample> _before = [];

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
        var command = new Command(
            "top",
            """
            Shows the members of a group as they work: a live table on a terminal, which q or Ctrl-C ends. Elsewhere it prints a table for
            each period. Each member is asked in each period:

              SERVER      its name; with --contacts PROCESS
              ROLE        leader, follower, candidate or pre-candidate; unreachable: no answer within a fifth of --timeout
              TERM        the highest term that it knows. A term that grows means elections
              COMMITTED   the last pair that it knows to be committed
              DELIVERED   the last pair that its actor has received
              LAG         the number of pairs that it is behind the highest COMMITTED
              COMMITS/S   growth of COMMITTED per second since the table before
              ROUND TRIP  from the call of this program to the reply of the member

            Exit codes:
              0    ended by q or --count, and the last table has a member that answered
              1    no member answered at the end
              2    the command is wrong
              130  Ctrl-C

            Examples:
              raft top -S :9990
              raft top --contacts shop@10.0.0.1:2551 --group orders --interval 5s
              raft top -S :9990 --count 2 --json
            """)
        {
            interval, count,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var (settings, pause) = (options.Read(parsed), IntervalOf(parsed.GetValue(interval)));
            return settings.Look(client =>
                new TopCommand(environment, settings, client).Run(pause, parsed.GetValue(count) ?? int.MaxValue));
        });
        return command;
    }

    private static TimeSpan IntervalOf(string? text) => text is null ? DefaultInterval
        : Duration.Parse(text, "", TimeSpan.FromSeconds(1), IntervalMax, out var problem) ?? throw new UsageException(problem);

    private int Run(TimeSpan interval, int count) => environment.IsTerminal && !settings.IsJson
        ? AnsiConsole.Live(new Text("")).Start(context => Repeat(
            interval, count, (view, why) => context.UpdateTarget(view is null ? new Text($"raft: {why}") : view.ForTerminal())))
        : Repeat(interval, count, Write);

    /// <param name="show">Gets the view, or why there is none.</param>
    private int Repeat(TimeSpan interval, int count, Action<TopView?, string?> show)
    {
        while (true)
        {
            // Not ended by refusals: the members may start later.
            var why = client.TryAsk(() => GroupSample.TakeAsync(client.Raft, client.Interrupted), out var sample);
            if (client.IsInterrupted)
            {
                return ExitCode.Interrupted;
            }

            show(why is null ? new TopView(settings.Target, sample, _before) : null, why);
            _before = why is null ? sample.Processes : [];
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

    private void Write(TopView? view, string? why)
    {
        if (view is null)
        {
            environment.Error.WriteLine($"raft: {why}");
            return;
        }

        if (settings.IsJson)
        {
            view.WriteJson(environment.Output);
        }
        else
        {
            environment.Output.Write(_before.IsEmpty ? "" : "\n");
            view.WriteText(environment.Output);
        }

        environment.Output.Flush();
    }
}
