using RaftActors.Cli.Terminal;

using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary>Tables of a group, one for each period. A terminal shows the latest one only, until q is typed.</summary>
/// <param name="take">Gets the table before; null: this is the first one, or the group did not answer.</param>
/// <param name="hasRepeats">False: only a table that differs from the one before is written.</param>
internal sealed class LiveTable(GroupRun run, Func<ITable?, Task<ITable>> take, TimeSpan interval, bool hasRepeats)
{
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(50);

    private string _last = "";

    private static bool IsOnTerminal(GroupRun run) => run.Environment.IsTerminal && !run.IsJson;

    /// <summary>Writes one table.</summary>
    public static void Write(GroupRun run, ITable table)
    {
        if (IsOnTerminal(run))
        {
            AnsiConsole.Write(table.ForTerminal(AnsiConsole.Profile.Width, AnsiConsole.Profile.Height));
        }
        else
        {
            run.WriteTable(table, run.Environment.Output);
        }
    }

    /// <param name="count">It ends after as many tables.</param>
    /// <returns>The exit code.</returns>
    public int Run(long count = long.MaxValue) => IsOnTerminal(run)
        ? AnsiConsole.Live(new Text("")).Start(context => Repeat(count, (table, why) => context.UpdateTarget(
            table?.ForTerminal(AnsiConsole.Profile.Width, AnsiConsole.Profile.Height) ?? new Text($"raft: {why}"))))
        : Repeat(count, Write);

    /// <param name="show">Gets the table, or why there is none.</param>
    private int Repeat(long count, Action<ITable?, string?> show)
    {
        for (ITable? before = null; ;)
        {
            // Not ended by refusals: the members may start later.
            var (known, client) = (before, run.Client);
            var why = client.TryAsk(() => take(known), out var table);
            if (client.IsInterrupted)
            {
                return ExitCode.Interrupted;
            }

            before = why is null ? table : null;
            show(before, why);
            if (--count == 0 || WaitsForQ(client.Interrupted))
            {
                return why is null ? ExitCode.Done : ExitCode.Failed;
            }
        }
    }

    private void Write(ITable? table, string? why)
    {
        using var text = new StringWriter();
        if (table is null)
        {
            text.WriteLine($"raft: {why}");
        }
        else
        {
            run.WriteTable(table, text);
        }

        if (hasRepeats || $"{text}" != _last)
        {
            run.Environment.Output.Write(hasRepeats && !run.IsJson && table is not null && _last != "" ? "\n" : "");
            (table is null ? run.Environment.Error : run.Environment.Output).Write($"{text}");
            run.Environment.Output.Flush();
            _last = $"{text}";
        }
    }

    /// <returns>Whether q was typed on the terminal.</returns>
    private bool WaitsForQ(CancellationToken interrupted)
    {
        if (!run.Environment.IsTerminal || Console.IsInputRedirected)
        {
            interrupted.WaitHandle.WaitOne(interval);
            return false;
        }

        for (var left = interval; left > TimeSpan.Zero && !interrupted.IsCancellationRequested; left -= KeyPause)
        {
            while (Console.KeyAvailable)
            {
                if (Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q')
                {
                    return true;
                }
            }

            interrupted.WaitHandle.WaitOne(left < KeyPause ? left : KeyPause);
        }

        return false;
    }
}
