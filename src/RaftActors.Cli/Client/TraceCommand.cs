using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary><c>raft trace</c>: appends one message, and follows it on all servers.</summary>
internal sealed class TraceCommand(CommandEnvironment environment, ClientSettings settings, GroupClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private long _start;

    private enum Step
    {
        Sent,
        Committed,
        Delivered,
        Answered,
    }

    public static Command Build(CommandEnvironment environment)
    {
        var text = new Argument<string>("text") { Description = "The message." };
        var options = new ClientOptions(environment, isOfServers: true);
        var command = new Command(
            "trace",
            $"""
            Appends a message, and shows when each server knew that it was committed, and when each had processed it. Times count from the
            start of the append. Each server is asked every {Pause.TotalMilliseconds:0} ms, so a time is too long by at most that and
            one round trip. The message is appended as by 'raft append', and stays in the log.

            Exit codes:
              0    committed, and all members have processed it
              1    not committed, or a member had not processed it when the time was up
              2    the command is wrong
              3    unknown whether it was committed
              130  Ctrl-C

            Example:
              raft trace 'I like beer.' -S :9990,:9991,:9992
            """)
        {
            text,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var settings = options.Read(parsed);
            return settings.Look(client => new TraceCommand(environment, settings, client).Run(parsed.GetValue(text)!));
        });
        return command;
    }

    private int Run(string text)
    {
        if (!client.TryAsk(() => client.StatusAsync(client.End), environment, out var group, out var code))
        {
            return code;
        }

        var (outcome, events) = FollowAsync(text, group.Members).GetAwaiter().GetResult();
        foreach (var each in events.OrderBy(each => each.At))
        {
            Write(each);
        }

        environment.Output.Flush();
        return outcome switch
        {
            RequestOutcome.Committed => events.TrueForAll(each => each.Problem is null) ? ExitCode.Done : ExitCode.Failed,
            RequestOutcome.NotDone => ExitCode.Failed,
            _ => client.IsInterrupted ? ExitCode.Interrupted : ExitCode.Unknown,
        };
    }

    private async Task<(RequestOutcome Outcome, List<Event> Events)> FollowAsync(string text, IEnumerable<GroupMember> members)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(client.End);
        var appender = new Appender(client, settings.Timeout, requestId: null);
        _start = Stopwatch.GetTimestamp();
        var append = appender.AppendAsync(text, appender.RequestId);
        var answered = append.ContinueWith(_ => Now, TaskScheduler.Default);
        var followed = members.Select(member => WatchAsync(member.Name, append, end.Token)).ToList();
        var outcome = await append.ConfigureAwait(false);

        // The servers have as long again, from the answer on.
        end.CancelAfter(outcome is RequestOutcome.Committed ? settings.Timeout : TimeSpan.Zero);
        List<Event> events = [new(TimeSpan.Zero, null, Step.Sent, null, null)];
        events.AddRange((await Task.WhenAll(followed).ConfigureAwait(false)).SelectMany(each => each));
        var at = await answered.ConfigureAwait(false);
        events.Add(outcome switch
        {
            RequestOutcome.Committed committed => new(at, null, Step.Answered, committed.Serial, null),
            RequestOutcome.NotDone(var why, _) => new(at, null, Step.Answered, null, $"not committed: {Clause.Of(why)}"),
            RequestOutcome.Unknown(var why) => new(at, null, Step.Answered, null, $"unknown whether it was committed: {Clause.Of(why)}"),
            _ => throw new InvalidOperationException("An append has no other outcome."),
        });
        return (outcome, events);
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    // The serial is known at the answer, and servers may have the message earlier. So the first replies are kept until then.
    private async Task<List<Event>> WatchAsync(ProcessName server, Task<RequestOutcome> append, CancellationToken end)
    {
        var seen = new List<(TimeSpan At, long Committed, long Delivered)>();
        while (!end.IsCancellationRequested)
        {
            if (await client.Raft.StatusOfAsync(server, end).ConfigureAwait(false) is { } status)
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
                        new(seen.Find(each => each.Committed >= serial).At, server, Step.Committed, serial, null),
                        new(seen.Find(each => each.Delivered >= serial).At, server, Step.Delivered, serial, null),
                    ];
                }
            }

            await Task.Delay(Pause, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await append.ConfigureAwait(false) is RequestOutcome.Committed
            ? [new(Now, server, Step.Delivered, null, seen.Count == 0 ? "it did not answer in time" : "it has not processed it in time")]
            : [];
    }

    private void Write(Event each)
    {
        var server = each.Server is { } named ? settings.Target.Show(named) : null;
        if (settings.IsJson)
        {
            JsonLine.Write(environment.Output, writer => Members(writer, each, server));
            return;
        }

        var what = each switch
        {
            { Problem: { } problem } => problem,
            { Step: Step.Answered } => $"answered: committed, serial {each.Serial}",
            { Step: Step.Sent } => "sent",
            { Step: Step.Committed } => "knows that it is committed",
            _ => "has processed it",
        };
        environment.Output.WriteLine(Printable.Of(string.Create(
            CultureInfo.InvariantCulture, $"{each.At.TotalMilliseconds,8:0.0} ms  {server ?? "client"}  {what}")));
    }

    private static void Members(Utf8JsonWriter writer, Event each, string? server)
    {
        writer.WriteString("kind", "trace");
        writer.WriteNumber("ms", Math.Round(each.At.TotalMilliseconds, 3));
        writer.WriteString("step", $"{each.Step}".ToLowerInvariant());
        JsonLine.Text(writer, "server", server);
        JsonLine.Number(writer, "serial", each.Serial);
        JsonLine.Text(writer, "why", each.Problem);
    }

    /// <summary>What became known, and when.</summary>
    /// <param name="Server">Null: this program.</param>
    /// <param name="Problem">Why the step was not taken; null: it was.</param>
    private sealed record Event(TimeSpan At, ProcessName? Server, Step Step, long? Serial, string? Problem);
}
