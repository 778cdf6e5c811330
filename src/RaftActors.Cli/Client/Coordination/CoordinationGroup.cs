using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using RaftActors.Cli.Offline;
using RaftActors.Cli.Terminal;
using RaftActors.Coordination;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.State;

using Command = System.CommandLine.Command;
using Change = RaftActors.Coordination.State.Command;

namespace RaftActors.Cli.Client.Coordination;

/// <summary>The coordination group of a running application, as one command uses it.</summary>
internal sealed class CoordinationGroup(CommandEnvironment environment, ClientSettings settings, GroupClient client)
{
    // Above the default of raft-coordination.session-timeout, after which a program that does not answer has lost its session.
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(15);

    private const string ExitCodes =
        """
        Exit codes:
          0    shown
          1    there is none of this name, or the group did not answer
          2    the command is wrong
          130  Ctrl-C
        """;

    private readonly GroupCalls _calls = new(
        client.Create(new RaftClientOptions<Change, Answer>
        {
            Codec = RaftCodec.Json(CoordinationJson.Default.Command),
            ResultCodec = RaftCodec.Json(CoordinationJson.Default.Answer),
        }),
        new TaskCompletionSource().Task);

    public GroupClient Client => client;

    public TimeSpan Timeout => settings.Timeout;

    /// <summary>Builds a verb.</summary>
    /// <param name="what">Its description, without exit codes and example.</param>
    /// <param name="example">The words after <c>raft</c>.</param>
    /// <param name="isChange">It changes something.</param>
    public static Command Verb(
        CommandEnvironment environment,
        string name,
        string what,
        string example,
        bool isChange,
        Symbol[] own,
        Func<ParseResult, CoordinationGroup, int> run)
    {
        var verb = new Command(
            name,
            $"""
            {what}

            {(isChange ? ChangeReport.ExitCodes : ExitCodes)}

            Example:
              raft {example} --contacts 10.0.0.1:2551
            """);
        foreach (var argument in own.OfType<Argument>())
        {
            verb.Add(argument);
        }

        foreach (var option in own.OfType<Option>())
        {
            verb.Add(option);
        }

        var options = new ClientOptions(environment, group: "coordination", timeout: isChange ? ChangeTimeout : null);
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var settings = options.Read(parsed);
            return settings.Run(client => run(parsed, new CoordinationGroup(environment, settings, client)));
        });
        return verb;
    }

    /// <exception cref="InvalidDataException">The group is another one of the application.</exception>
    public async Task<T> AskAsync<T>(Question question, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return (await _calls.AskAsync(question, type, null, null, client.End).ConfigureAwait(false)).Answer;
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            throw new InvalidDataException($"Group '{settings.Target.Group}' is no coordination: leave out --group, or name that group", e);
        }
    }

    /// <summary>Asks a question, and reports that there is no answer.</summary>
    /// <param name="code">The exit code, if there is no answer.</param>
    public bool TryAsk<T>(Question question, JsonTypeInfo<T> type, out T answer, out int code)
        where T : class =>
        TryRun(() => client.AskApplicationAsync(_ => AskAsync(question, type), client.End), out answer, out code);

    /// <inheritdoc cref="GroupClient.TryAsk{T}(Func{Task{T}}, CommandEnvironment, out T, out int)"/>
    public bool TryRun<T>(Func<Task<T>> run, out T answer, out int code) => client.TryAsk(run, environment, out answer, out code);

    /// <summary>Asks for sessions and locks, and reports that there is no answer.</summary>
    /// <param name="name">The only lock to describe; null: all.</param>
    public bool TryDescribe(string? name, out RaftOverview overview, out int code) =>
        TryAsk(new Question.OfOverview(name), CoordinationJson.Default.RaftOverview, out overview, out code);

    public IAsyncEnumerable<ItemsView> WatchAsync(string prefix) => _calls.FollowItemsAsync(prefix, TimeProvider.System, client.End);

    /// <summary>Writes a JSON object, or a line of text.</summary>
    /// <param name="text">Null: none.</param>
    /// <param name="members">Texts, numbers, and null for those that are left out.</param>
    public void Write(string kind, string? text, params (string Name, object? Value)[] members)
    {
        if (settings.IsJson)
        {
            JsonLine.Write(environment.Output, writer => JsonLine.Members(writer, [("kind", kind), .. members]));
        }
        else if (text is not null)
        {
            environment.Output.WriteLine(text);
        }

        environment.Output.Flush();
    }

    /// <summary>Writes a table, or an object for each row.</summary>
    /// <param name="heading">One word for each member of a row.</param>
    /// <param name="count">Of all rows, of which these are the first.</param>
    public int WriteRows(string kind, string[] heading, IReadOnlyCollection<(string Name, object? Value)[]> rows, int count)
    {
        var table = new TextTable(heading);
        foreach (var row in rows)
        {
            table.Add([.. row.Select(member => $"{member.Value}")]);
            Write(kind, null, row);
        }

        if (!settings.IsJson)
        {
            table.WriteTo(environment.Output);
            environment.Output.Write(count > rows.Count ? $"These are {rows.Count} of {count}.\n" : "");
        }

        return ExitCode.Done;
    }

    /// <summary>Reports why something is not shown.</summary>
    public int Refuse(string why)
    {
        environment.Error.WriteLine($"raft: {Printable.Of(why)}");
        return ExitCode.Failed;
    }

    /// <summary>Tells what is about to be changed, and asks for confirmation.</summary>
    /// <param name="isSure">It is given already.</param>
    /// <returns>The exit code if it is not given; null: it is.</returns>
    /// <exception cref="UsageException">JSON cannot ask.</exception>
    public int? Confirm(bool isSure, string what, string expected)
    {
        if (settings.IsJson)
        {
            return isSure ? null : throw new UsageException("--json asks for no confirmation: add --yes, or leave out --json");
        }

        environment.Output.WriteLine(Printable.Of(what));
        environment.Output.Flush();

        // Ctrl-C ends the command, but not the reading of a line.
        var asking = isSure
            ? Task.FromResult(true)
            : Task.Run(() => Confirmation.IsGiven(environment, Printable.Of($"Type {expected} to continue: "), expected));
        return Task.WaitAny(asking, Task.Delay(-1, client.Interrupted)) > 0 ? ExitCode.Interrupted : asking.Result ? null : ExitCode.Failed;
    }

    /// <summary>Appends a command.</summary>
    /// <param name="whyNot">Why an answer is a refusal; null: it is none.</param>
    public (RequestOutcome Outcome, long Stamp) Append(string key, Change command, Func<Answer, string?> whyNot)
    {
        var appending = () => _calls.AppendAsync(key, command, settings.Timeout, TimeProvider.System, client.End);
        return client.TryAsk(appending, out var done) is { } why ? (new RequestOutcome.NotDone(why), 0)
            : done is not var (answer, serial) ? (client.Unknown(why: null), 0)
            : (answer is Answer.Refused refused ? refused.Why : whyNot(answer)) is { } refusal ? (new RequestOutcome.NotDone(refusal), 0)
            : (new RequestOutcome.Done(), answer.StampOf(serial));
    }

    /// <summary>Reports the outcome of a change, as <see cref="ChangeReport"/> does.</summary>
    public int Report(
        RequestOutcome outcome, string kind, string done, string what, string look, params (string Name, object? Value)[] members) =>
        new ChangeReport(environment, settings, kind, Printable.Of(done), what, look).Report(
            outcome, null, client.IsInterrupted, members: writer => JsonLine.Members(writer, members));
}
