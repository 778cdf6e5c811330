namespace RaftActors.Cli.Client;

/// <summary><c>raft trace</c>: appends one message, and follows it on all servers.</summary>
internal sealed class TraceCommand(GroupRun run, GroupClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private long _start;

    public static Command Build(CommandEnvironment environment)
    {
        var text = new Argument<string>("text") { Description = "The message." };
        return new GroupVerb(environment, "trace")
        {
            What = $"""
                Appends a message, and shows when each server knew that it was committed, and when each had processed it. Times count from
                the start of the append. Each server is asked every {Pause.TotalMilliseconds:0} ms, so a time is too long by at most that
                and one round trip. The message is appended as by 'raft append', and stays in the log.
                """,
            Ends = new(
                "committed, and all members have processed it",
                "not committed, or a member had not processed it when the time was up",
                "unknown whether it was committed"),
            Examples = ["trace 'I like beer.' -S :9990,:9991,:9992"],
            Own = [text],
            Options = new(environment, isOfServers: true),
            Looks = _ => true,
            Run = (parsed, run) => run.AskStatus(
                group => new TraceCommand(run, run.Client).Trace(parsed.GetValue(text)!, group.Members)), // Justification: it is required.
        }.Build();
    }

    private int Trace(string text, IEnumerable<GroupMember> members)
    {
        var (outcome, events) = FollowAsync(text, members).GetAwaiter().GetResult();
        foreach (var each in events.OrderBy(each => each.At))
        {
            Write(each);
        }

        run.Environment.Output.Flush();
        return outcome is RequestOutcome.Unknown && client.IsInterrupted ? ExitCode.Interrupted
            : outcome.Code == ExitCode.Done && events.Exists(each => each.HasFailed) ? ExitCode.Failed
            : outcome.Code;
    }

    private async Task<(RequestOutcome Outcome, List<Event> Events)> FollowAsync(string text, IEnumerable<GroupMember> members)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(client.End);
        var appender = new Appender(client, run.Settings.Timeout, requestId: null);
        _start = Stopwatch.GetTimestamp();
        var append = appender.AppendAsync(text, appender.RequestId);
        var answered = append.ContinueWith(_ => Now, TaskScheduler.Default);
        var followed = members.Select(member => WatchAsync(member.Name, append, end.Token)).ToList();
        var outcome = await append.ConfigureAwait(false);

        // From the answer on, the servers have the same timeout again.
        end.CancelAfter(outcome is RequestOutcome.Committed ? run.Settings.Timeout : TimeSpan.Zero);
        List<Event> events = [new(TimeSpan.Zero, "sent", "sent")];
        events.AddRange((await Task.WhenAll(followed).ConfigureAwait(false)).SelectMany(each => each));
        var at = await answered.ConfigureAwait(false);
        events.Add(outcome switch
        {
            RequestOutcome.Committed(var serial, _) => new(at, "answered", $"answered: committed, serial {serial}", null, serial),
            RequestOutcome.NotDone(var why, _) => Event.Failed(at, "answered", $"not committed: {Clause.Of(why)}"),
            RequestOutcome.Unknown(var why) => Event.Failed(at, "answered", $"unknown whether it was committed: {Clause.Of(why)}"),
            _ => throw new InvalidOperationException("An append has no other outcome."),
        });
        return (outcome, events);
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    // The answer brings the serial, and a server may apply the message before that. So all replies until then are kept.
    private async Task<List<Event>> WatchAsync(ProcessName server, Task<RequestOutcome> append, CancellationToken end)
    {
        var seen = new List<(TimeSpan At, long Committed, long Delivered)>();
        while (!end.IsCancellationRequested)
        {
            if (await client.Raft.StatusAsync(server, cancellationToken: end).ConfigureAwait(false) is { Processes: [var status] })
            {
                seen.Add((Now, status.Committed.Value, status.Delivered.Value));
            }

            if (append.IsCompleted)
            {
                if (await append.ConfigureAwait(false) is not RequestOutcome.Committed { Serial: var serial })
                {
                    return [];
                }

                if (seen is [.., var last] && last.Delivered >= serial)
                {
                    return
                    [
                        new(seen.Find(each => each.Committed >= serial).At, "committed", "knows that it is committed", server, serial),
                        new(seen.Find(each => each.Delivered >= serial).At, "delivered", "has processed it", server, serial),
                    ];
                }
            }

            await Task.Delay(Pause, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await append.ConfigureAwait(false) is RequestOutcome.Committed
            ? [Event.Failed(Now, "delivered", $"it {(seen.Count == 0 ? "did not answer" : "has not processed it")} in time", server)]
            : [];
    }

    private void Write(Event each)
    {
        var server = each.Server is { } named ? run.Target.Show(named) : null;
        run.Write(
            "trace",
            Printable.Of($"{each.At.TotalMilliseconds,8:0.0} ms  {server ?? "client"}  {each.Text}"),
            ("ms", Math.Round(each.At.TotalMilliseconds, 3)),
            ("step", each.Step),
            ("server", server),
            ("serial", each.Serial),
            ("why", each.HasFailed ? each.Text : null));
    }

    /// <param name="Server">Null for this program.</param>
    private sealed record Event(
        TimeSpan At, string Step, string Text, ProcessName? Server = null, long? Serial = null, bool HasFailed = false)
    {
        public static Event Failed(TimeSpan at, string step, string why, ProcessName? server = null) =>
            new(at, step, why, server, HasFailed: true);
    }
}
