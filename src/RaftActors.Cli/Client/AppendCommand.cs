using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary><c>raft append</c>, and the two messages that have a name of their own.</summary>
internal static class AppendCommand
{
    private const string StandardInput = "-";

    public static Command Build(Surroundings surroundings)
    {
        var text = new Argument<string>("text") { Description = "The message; '-' for the lines of standard input, one message each." };
        var id = RequestId();
        var options = new ClientOptions(surroundings);
        var command = new Command(
            "append",
            $"""
            Appends a message to the log of the group. Its serial is said when it is on the disks of a majority. Any server can be asked:
            one that does not lead hands it on, and says 'redirect to leader: :9991'. Messages that are exactly 'print' or 'count' make
            every server write its messages, or how many there are, to its standard output. A message has at most
            {MessageLimits.TextBytesMax} bytes of UTF-8.

            Each message goes out under a request id, and what is appended again under the same id is not there twice. That is how the
            next server can be asked after one has failed, and how a script repeats what it does not know the end of: give an id of your
            own by --request-id, and run the same command until its exit code is 0.

            'raft append -' reads lines and writes an answer for each, in their order. {AppendLines.Window} may be under way at a time:
            in the order of the lines, but one that had to be sent again after a server failed may come behind its successors. Line N
            goes out under the id ID-N, where ID is that of --request-id: so a file can be appended again as a whole. What is refused
            does not keep the rest from being appended; the exit code is that of the worst line. Ctrl-C says which lines are open. The
            time of --timeout is that of each line.

            Exit codes:
              0    committed (or 'committed before': the same request id was there)
              1    not committed, and nothing of this run ever will be: safe to append again. An earlier run with the same request id
                   that ended with 3 is as it was
              2    the command is wrong
              3    unknown whether it was committed: append it again with the request id that is said
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
            return settings.Text == StandardInput ? AppendLines.Run(settings, surroundings) : Run(settings, surroundings);
        });
        return command;
    }

    /// <summary><c>raft count</c>.</summary>
    public static Command BuildCount(Surroundings surroundings)
    {
        var id = RequestId();
        var options = new ClientOptions(surroundings);
        var command = new Command("count", HelpOf("count", "how many messages there are", "")) { id };
        options.AddTo(command);
        command.SetAction(parsed => Run(new AppendSettings(options.Read(parsed), "count", parsed.GetValue(id)), surroundings));
        return command;
    }

    /// <summary><c>raft print</c>, which can also read.</summary>
    public static Command BuildPrint(Surroundings surroundings)
    {
        var id = RequestId();
        var here = new Option<bool>("--here")
        {
            Description = "Append nothing: print the log of the server that is asked on standard output here, a message a line.",
        };
        var options = new ClientOptions(surroundings);
        var command = new Command("print", HelpOf("print", "all messages", HereHelp)) { id, here };
        options.AddTo(command);
        command.SetAction(parsed => (parsed.GetValue(here), parsed.GetValue(id)) switch
        {
            (true, null) => PrintHere.Run(options.Read(parsed), surroundings),
            (true, _) => throw new UsageException("--here appends nothing, so it takes no --request-id"),
            (_, var given) => Run(new AppendSettings(options.Read(parsed), "print", given), surroundings),
        });
        return command;
    }

    private const string HereHelp =
        """


        With --here nothing is appended. The server that is asked sends the messages that it has processed, and they are printed here, each
        with its serial. A server that lags or is cut off has fewer messages than the group. --timeout is for each page of the log. Exit
        codes: 0 printed; 1 no server answered, or the next one of --server lags behind the pages printed so far.

          raft print --here -S :9990
        """;

    private static string HelpOf(string message, string what, string more) =>
        $"""
        Has every server write {what} to its standard output.
        The message '{message}' is appended to the log, and each server writes when it comes to it, once. The answer here is that of
        'raft append {message}', whose --help says all of it, exit codes included.

        Example:
          raft {message} -S :9990{more}
        """;

    /// <summary>Appends one message, whatever its text.</summary>
    public static int Run(AppendSettings settings, Surroundings surroundings) => settings.Client.Run(async (servers, _, cancellation) =>
    {
        var report = new AppendReport(surroundings, settings.Client.IsJson);
        var appender = new Appender(servers, settings.Client, settings.RequestId, report.Redirected);
        var ending = await appender.AppendAsync(settings.Text, appender.RequestId, cancellation);
        report.Ended(ending, appender.RequestId, line: null);
        return ending is not Ending.Answered && cancellation.IsCancellationRequested ? Session.Interrupted : report.ExitCode;
    });

    private static Option<string?> RequestId() => new("--request-id")
    {
        Description = $"The id under which this is there at most once: up to {MessageLimits.IdLettersMax} characters. Default: a new one.",
        HelpName = "id",
        Validators = { RefuseStrangeId },
    };

    private static void RefuseStrangeId(OptionResult result)
    {
        var id = result.GetValueOrDefault<string?>() ?? "";
        if (id.Length is 0 or > MessageLimits.IdLettersMax || Printable.Of(id) != id)
        {
            result.AddError($"a request id has 1 to {MessageLimits.IdLettersMax} characters, and no control characters");
        }
    }
}
