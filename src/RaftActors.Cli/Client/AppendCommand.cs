using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Cli.Server;
using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary><c>raft append</c>, <c>raft print</c> and <c>raft count</c>.</summary>
internal static class AppendCommand
{
    private const string StandardInput = "-";

    public static Command Build(CommandEnvironment environment)
    {
        var text = new Argument<string>("text") { Description = "The message; '-' appends each line of standard input as a message." };
        var id = RequestId();
        var options = new ClientOptions(environment, isOfServers: true);
        var command = new Command(
            "append",
            $"""
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
            the others, and the exit code is the highest of all lines. After Ctrl-C standard error names the open lines. --timeout is for
            each line.

            Exit codes:
              0    committed (or 'committed before': the log had the request id already)
              1    not committed, and this run never will: it is safe to append the message again. The unknown outcome of an earlier run
                   with the same request id stays unknown
              2    the command is wrong
              3    unknown whether it was committed: append it again with the request id on standard error
              130  Ctrl-C: standard error says whether it may have been committed

            Examples:
              raft append 'I like beer.' -S :9990,:9991,:9992
              raft append 'paid 17 EUR' --request-id invoice-4711 --timeout 30
              raft append - --request-id import-1 <messages.txt
            """)
        {
            text, id,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var settings = new AppendSettings(options.Read(parsed), parsed.GetValue(text)!, parsed.GetValue(id));
            return settings.Text == StandardInput ? AppendLines.Run(settings, environment) : Run(settings, environment);
        });
        return command;
    }

    /// <summary><c>raft count</c>.</summary>
    public static Command BuildCount(CommandEnvironment environment)
    {
        var id = RequestId();
        var options = new ClientOptions(environment, isOfServers: true);
        var command = new Command("count", HelpOf("count", "the number of messages", "")) { id };
        options.AddTo(command);
        command.SetAction(parsed => Run(new AppendSettings(options.Read(parsed), "count", parsed.GetValue(id)), environment));
        return command;
    }

    /// <summary><c>raft print</c>, also with <c>--here</c>.</summary>
    public static Command BuildPrint(CommandEnvironment environment)
    {
        var id = RequestId();
        var here = new Option<bool>("--here")
        {
            Description = "Append nothing. Print the log of the group on this standard output, one message per line.",
        };
        var options = new ClientOptions(environment, isOfServers: true);
        var command = new Command("print", HelpOf("print", "all messages", HereHelp)) { id, here };
        options.AddTo(command);
        command.SetAction(parsed => (parsed.GetValue(here), parsed.GetValue(id)) switch
        {
            (true, null) => PrintHere.Run(options.Read(parsed), environment),
            (true, _) => throw new UsageException("--here appends nothing: leave out --request-id"),
            (_, var given) => Run(new AppendSettings(options.Read(parsed), "print", given), environment),
        });
        return command;
    }

    private const string HereHelp =
        """


        With --here nothing is appended. A server, the leader if there is one, sends the messages that it has processed, and this command
        prints them with their serials. A server that is cut off may have fewer messages than the group. --timeout is for each page of the
        log. Exit codes: 0 printed; 1 no server answered.

          raft print --here -S :9990
        """;

    private static string HelpOf(string message, string what, string more) =>
        $"""
        Makes every server write {what} to its standard output.
        Appends the message '{message}' to the log. Each server writes once, when it applies the message. Answers and exit codes are those
        of 'raft append {message}': see 'raft append --help'.

        Example:
          raft {message} -S :9990{more}
        """;

    /// <summary>Appends one message. The text "-" has no special meaning here.</summary>
    public static int Run(AppendSettings settings, CommandEnvironment environment) =>
        settings.Client.Run(client => Run(settings, client, environment), RedirectLine.Writer(environment, settings.Client));

    private static int Run(AppendSettings settings, GroupClient client, CommandEnvironment environment)
    {
        var report = new AppendReport(environment, settings.Client.IsJson);
        var appender = new Appender(client, settings.Client.Timeout, settings.RequestId);
        var outcome = appender.AppendAsync(settings.Text, appender.RequestId).GetAwaiter().GetResult();
        report.Ended(outcome, appender.RequestId, line: null);
        return outcome is not RequestOutcome.Committed && client.IsInterrupted ? ExitCode.Interrupted : report.WorstCode;
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
