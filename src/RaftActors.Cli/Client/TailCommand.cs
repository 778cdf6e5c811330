namespace RaftActors.Cli.Client;

/// <summary>
/// <c>raft log tail</c>: the latest committed pairs of a running group. Values are bytes, because this program does not know their types.
/// </summary>
internal sealed class TailCommand(GroupRun run)
{
    private const int DefaultLimit = 20;

    public static Command Build(CommandEnvironment environment)
    {
        var after = SharedOptions.Number("--after", "serial", "Print the pairs after this serial instead, the oldest first.");
        var limit = SharedOptions.Number(
            "--limit", "n", $"Print at most this many of the pairs that are committed now. Default: {DefaultLimit}.");
        var follow = new Option<bool>("--follow") { Description = "Then go on with each further pair until Ctrl-C." };
        return new GroupVerb(environment, "tail")
        {
            What = """
                Prints the latest committed pairs of a running group: serial, time, key, size of the value in the log, and its first bytes.
                A value is shown as text if it is text, as strings and JSON are, else in hexadecimal. Any process can be asked. A pair that
                a snapshot covers may be gone from the log: then the output begins with the first pair that is left.
                """,
            Ends = new(
                "printed",
                "nothing answered, or the pairs after --after are no longer in the log",
                Interrupted: "Ctrl-C, also with --follow"),
            Examples =
            [
                "log tail --contacts 10.0.0.1:2551 --group orders",
                "log tail -S :9990 --after 1000 --limit 5",
                "log tail -S :9990 --follow",
            ],
            Own = [after, limit, follow],
            Looks = _ => true,
            Run = (parsed, run) => run.AskStatus(group => new TailCommand(run).Print(
                group, parsed.GetValue(after), parsed.GetValue(limit) ?? DefaultLimit, parsed.GetValue(follow))),
        }.Build();
    }

    private int Print(GroupStatus group, long? given, long limit, bool isFollowed)
    {
        var committed = group.Processes.Select(process => process.Committed.Value).DefaultIfEmpty().Max();
        var after = Math.Min(given ?? long.MaxValue, committed);
        after = given is null ? Math.Max(0, committed - limit) : after;
        var end = Math.Min(committed, limit < long.MaxValue - after ? after + limit : long.MaxValue);
        return run.Ask(() => PrintAsync(after, end, given is null), last =>
        {
            run.Environment.Output.Flush();
            return isFollowed ? run.Ask(() => FollowAsync(last), _ => ExitCode.Done) : ExitCode.Done;
        });
    }

    /// <param name="mayBegin">If true, the output may begin later because the first pairs are compacted.</param>
    /// <returns>The last serial that was printed, or <paramref name="after"/>.</returns>
    private async Task<long> PrintAsync(long after, long end, bool mayBegin)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(run.Client.End);
        time.CancelAfter(run.Settings.Timeout);
        try
        {
            while (after < end)
            {
                try
                {
                    await foreach (var pair in run.Client.Raft.SubscribeToBytesAsync(new Serial(after), time.Token).ConfigureAwait(false))
                    {
                        Write(pair);
                        after = pair.Serial.Value;
                        if (after >= end)
                        {
                            break;
                        }
                    }
                }
                catch (RaftException e) when (mayBegin && e.FirstKept is { } kept)
                {
                    (after, mayBegin) = (kept.Value - 1, false);
                }
            }
        }
        catch (OperationCanceledException) when (!run.Client.End.IsCancellationRequested)
        {
            throw GroupClient.NoAnswer(
                $"The time is up, and the pair after serial {after} has not come. Raise --timeout, or run 'raft status' to see why.");
        }

        return after;
    }

    private async Task<long> FollowAsync(long after)
    {
        await foreach (var pair in run.Client.Raft.SubscribeToBytesAsync(new Serial(after), run.Client.Interrupted).ConfigureAwait(false))
        {
            Write(pair);
            run.Environment.Output.Flush();
        }

        return after;
    }

    private void Write(Entry<ReadOnlyMemory<byte>> pair)
    {
        var (serial, time, value) = (pair.Serial.Value, LogClock.Text(pair.Time), pair.Value);
        var preview = ValuePreview.Of(value.Span);
        run.Write(
            "pair",
            Printable.Of($"{serial}  {time}  \"{pair.Key}\" = {value.Length} bytes: {preview}"),
            ("serial", serial),
            ("time", time),
            ("key", pair.Key),
            ("size", value.Length),
            ("preview", preview));
    }
}
