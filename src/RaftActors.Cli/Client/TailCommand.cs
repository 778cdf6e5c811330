using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Cli.Terminal;
using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Client;

/// <summary>
/// <c>raft log tail</c>: the latest committed pairs of a running group. Values are bytes, because this program does not know their types.
/// </summary>
internal sealed class TailCommand(CommandEnvironment environment, ClientSettings settings, GroupClient client)
{
    private const int DefaultLimit = 20;

    public static Command Build(CommandEnvironment environment)
    {
        var after = NumberOption("--after", "serial", "Print the pairs after this serial instead, the oldest first.");
        var limit = NumberOption("--limit", "n", $"Print at most this many of the pairs that are committed now. Default: {DefaultLimit}.");
        var follow = new Option<bool>("--follow") { Description = "Then go on with each further pair until Ctrl-C." };
        var options = new ClientOptions(environment);
        var command = new Command(
            "tail",
            $"""
            Prints the latest committed pairs of a running group: serial, time, key, size of the value in the log, and its first bytes. A
            value is shown as text if it is text, as strings and JSON are, else in hexadecimal. Any process can be asked. A pair that a
            snapshot covers may be gone from the log: then the output begins with the first pair that is left.

            Exit codes:
              0    printed
              1    nothing answered, or the pairs after --after are no longer in the log
              2    the command is wrong
              130  Ctrl-C, also with --follow

            Examples:
              raft log tail --contacts 10.0.0.1:2551 --group orders
              raft log tail -S :9990 --after 1000 --limit 5
              raft log tail -S :9990 --follow
            """)
        {
            after, limit, follow,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var settings = options.Read(parsed);
            return settings.Look(client => new TailCommand(environment, settings, client).Run(
                parsed.GetValue(after), parsed.GetValue(limit) ?? DefaultLimit, parsed.GetValue(follow)));
        });
        return command;
    }

    private int Run(long? given, long limit, bool isFollowed)
    {
        if (!client.TryAsk(() => client.StatusAsync(client.End), environment, out var group, out var code))
        {
            return code;
        }

        var committed = group.Processes.Select(process => process.Committed.Value).DefaultIfEmpty().Max();
        var after = Math.Min(given ?? long.MaxValue, committed);
        after = given is null ? Math.Max(0, committed - limit) : after;
        var end = Math.Min(committed, limit < long.MaxValue - after ? after + limit : long.MaxValue);
        if (!client.TryAsk(() => PrintAsync(after, end, given is null), environment, out var last, out code))
        {
            return code;
        }

        environment.Output.Flush();
        return isFollowed && !client.TryAsk(() => FollowAsync(last), environment, out _, out code) ? code : ExitCode.Done;
    }

    /// <param name="mayBegin">The output may begin later, if the first pairs are no longer in the log.</param>
    /// <returns>The last serial that was printed, or <paramref name="after"/>.</returns>
    private async Task<long> PrintAsync(long after, long end, bool mayBegin)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(client.End);
        time.CancelAfter(settings.Timeout);
        try
        {
            while (after < end)
            {
                try
                {
                    await foreach (var pair in client.Raft.SubscribeToBytesAsync(new Serial(after), time.Token).ConfigureAwait(false))
                    {
                        Write(pair);
                        after = pair.Serial.Value;
                        if (after >= end)
                        {
                            break;
                        }
                    }
                }
                catch (RaftCompactedException e) when (mayBegin)
                {
                    (after, mayBegin) = (e.FirstKept.Value - 1, false);
                }
            }
        }
        catch (OperationCanceledException) when (!client.End.IsCancellationRequested)
        {
            throw new RaftUnavailableException(
                $"The time is up, and the pair after serial {after} has not come. Raise --timeout, or run 'raft status' to see why.");
        }

        return after;
    }

    private async Task<long> FollowAsync(long after)
    {
        await foreach (var pair in client.Raft.SubscribeToBytesAsync(new Serial(after), client.Interrupted).ConfigureAwait(false))
        {
            Write(pair);
            environment.Output.Flush();
        }

        return after;
    }

    private void Write(StoredPair pair)
    {
        var (serial, preview) = (pair.Serial.Value, ValuePreview.Of(pair.Value.Span));
        if (!settings.IsJson)
        {
            environment.Output.WriteLine(Printable.Of($"{serial}  {pair.Time}  \"{pair.Key}\" = {pair.Value.Length} bytes: {preview}"));
            return;
        }

        JsonLine.Write(environment.Output, writer =>
        {
            writer.WriteString("kind", "pair");
            writer.WriteNumber("serial", serial);
            writer.WriteString("time", $"{pair.Time}");
            writer.WriteString("key", pair.Key);
            writer.WriteNumber("size", pair.Value.Length);
            writer.WriteString("preview", preview);
        });
    }

    private static Option<long?> NumberOption(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
        Validators = { RefuseNegative },
    };

    private static void RefuseNegative(OptionResult result)
    {
        if (result.GetValueOrDefault<long?>() < 0)
        {
            result.AddError($"{result.Option.Name} must not be negative");
        }
    }
}
