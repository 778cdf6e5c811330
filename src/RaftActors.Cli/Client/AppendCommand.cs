using System.CommandLine.Parsing;

using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary><c>raft append</c>, <c>raft print</c> and <c>raft count</c>.</summary>
internal static class AppendCommand
{
    private const string StandardInput = "-";

    private static readonly ExitCodes Ends = new(
        "committed (or 'committed before': the log had the request id already)",
        """
        not committed, and this run never will: it is safe to append the message again. The unknown outcome of an earlier run
               with the same request id stays unknown
        """,
        "unknown whether it was committed: append it again with the request id on standard error",
        "Ctrl-C: standard error says whether it may have been committed");

    public static Command Build(CommandEnvironment environment)
    {
        var text = new Argument<string>("text") { Description = "The message; '-' appends each line of standard input as a message." };
        var id = RequestId();
        return new GroupVerb(environment, "append")
        {
            What = $"""
                Appends a message to the log of the group, and prints its serial when it is on the disks of a majority. Any server can be
                asked. If none of --server leads, the message goes to the leader, after the line 'redirect to leader: :9991'. The messages
                'print' and 'count' make every server write all messages, or their number, to its standard output. A message has at most
                {MessageLimits.TextBytesMax} bytes of UTF-8.

                Each message has a request id, which takes effect only once. So a retry with the same id is safe. After an unknown
                outcome this command retries by itself until the time is up. A script gives its own id with --request-id, and runs the same
                command until the exit code is 0.

                'raft append -' reads lines and prints an answer for each, in order. At most {AppendLines.Window} lines are unanswered at a
                time. They are appended in order; only a line that was sent again, after a server failed, may come later. Line N has the
                request id ID-N, where ID is the value of --request-id. So a whole file can be appended again. A refused line does not stop
                the others, and the exit code is the highest of all lines. After Ctrl-C standard error names the open lines. --timeout is
                for each line.
                """,
            Ends = Ends,
            Examples =
            [
                "append 'I like beer.' -S :9990,:9991,:9992",
                "append 'paid 17 EUR' --request-id invoice-4711 --timeout 30",
                "append - --request-id import-1 <messages.txt",
            ],
            Own = [text, id],
            Options = new(environment, isOfServers: true),
            Run = (parsed, run) => parsed.GetValue(text) is { } message and not StandardInput
                ? Run(run, message, parsed.GetValue(id))
                : new AppendLines(run, parsed.GetValue(id)).Run(),
        }.Build();
    }

    public static Command BuildCount(CommandEnvironment environment)
    {
        var id = RequestId();
        return new GroupVerb(environment, "count")
        {
            What = WhatOf("count", "the number of messages"),
            Ends = Ends,
            Examples = ["count -S :9990"],
            Own = [id],
            Options = new(environment, isOfServers: true),
            Run = (parsed, run) => Run(run, "count", parsed.GetValue(id)),
        }.Build();
    }

    public static Command BuildPrint(CommandEnvironment environment)
    {
        var id = RequestId();
        var here = new Option<bool>("--here")
        {
            Description = "Append nothing. Print the log of the group on this standard output, one message per line.",
        };
        return new GroupVerb(environment, "print")
        {
            What = $"""
                {WhatOf("print", "all messages")}

                With --here nothing is appended. A server, the leader if there is one, sends the messages that it has processed, and this
                command prints them with their serials. A server that is cut off may have fewer messages than the group. --timeout is for
                each page of the log.
                """,
            Ends = Ends,
            Examples = ["print -S :9990", "print --here -S :9990"],
            Own = [id, here],
            Options = new(environment, isOfServers: true),
            Looks = parsed => parsed.GetValue(here),
            Run = (parsed, run) => !parsed.GetValue(here) ? Run(run, "print", parsed.GetValue(id))
                : parsed.GetValue(id) is null ? PrintHere.Run(run)
                : throw new UsageException("--here appends nothing: leave out --request-id"),
        }.Build();
    }

    private static string WhatOf(string message, string what) =>
        $"""
        Makes every server write {what} to its standard output.
        Appends the message '{message}' to the log. Each server writes once, when it applies the message. Answers are those of 'raft append
        {message}': see 'raft append --help'.
        """;

    /// <summary>Appends one message. A text "-" is appended, and does not stand for standard input.</summary>
    public static int Run(GroupRun run, string text, string? requestId)
    {
        var report = new AppendReport(run);
        var appender = new Appender(run.Client, run.Settings.Timeout, requestId);
        var outcome = appender.AppendAsync(text, appender.RequestId).GetAwaiter().GetResult();
        report.Ended(outcome, appender.RequestId, line: null);
        return outcome is not RequestOutcome.Committed && run.Client.IsInterrupted ? ExitCode.Interrupted : report.WorstCode;
    }

    private static Option<string?> RequestId() => new("--request-id")
    {
        Description = $"The id of this message, up to {MessageLimits.IdLettersMax} characters. It takes effect once. Default: a new id.",
        HelpName = "id",
        Validators = { RefuseStrangeId },
    };

    private static void RefuseStrangeId(OptionResult result)
    {
        var id = result.GetValueOrDefault<string?>() ?? "";
        if (id.Length is 0 or > MessageLimits.IdLettersMax || Printable.Of(id) != id)
        {
            result.AddError($"a request id has 1 to {MessageLimits.IdLettersMax} characters, without control characters: give another one");
        }
    }
}
