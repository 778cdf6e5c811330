using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary>Shows a table in each period. A terminal shows only the latest one, and a typed q ends it.</summary>
/// <param name="take">Makes a table. Its argument is the table before, or null if the group did not answer or was not asked before.</param>
/// <param name="hasRepeats">If false, a table that equals the one before is not written.</param>
internal sealed class LiveTable(GroupRun run, Func<ITable?, Task<ITable>> take, TimeSpan interval, bool hasRepeats)
{
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(50);

    private string _last = "";

    private static bool IsOnTerminal(GroupRun run) => run.Environment.IsTerminal && !run.IsJson;

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

    /// <param name="count">The number of tables.</param>
    public int Run(long count = long.MaxValue) => IsOnTerminal(run)
        ? AnsiConsole.Live(new Text("")).Start(context => Repeat(count, (table, why) => context.UpdateTarget(
            table?.ForTerminal(AnsiConsole.Profile.Width, AnsiConsole.Profile.Height) ?? new Text($"raft: {why}"))))
        : Repeat(count, Write);

    private int Repeat(long count, Action<ITable?, string?> show)
    {
        for (ITable? before = null; ;)
        {
            // Failures do not end the loop, because members may start later.
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

    /// <returns>True if q was typed on the terminal.</returns>
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
