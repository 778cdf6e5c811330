using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using RaftActors.Coordination;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.State;

using Command = System.CommandLine.Command;
using Change = RaftActors.Coordination.State.Command;

namespace RaftActors.Cli.Client.Coordination;

/// <summary>The coordination group of a running application, as one verb uses it.</summary>
internal sealed class CoordinationGroup(GroupRun run) : GroupRun(run.Environment, run.Settings, run.Client)
{
    // Above the default of raft-coordination.session-timeout, after which a program that does not answer has lost its session.
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(15);

    private readonly CoordinationCalls _calls = new(
        run.Client.Create(RaftCodec.Json(CoordinationJson.Default.Command), RaftCodec.Json(CoordinationJson.Default.Answer)),
        new TaskCompletionSource().Task,
        TimeProvider.System);

    /// <param name="example">The words after <c>raft</c>, without --contacts.</param>
    public static Command Verb(
        CommandEnvironment environment,
        string name,
        string what,
        string example,
        bool isChange,
        Symbol[] own,
        Func<ParseResult, CoordinationGroup, int> run) => new GroupVerb(environment, name)
        {
            What = what,
            Ends = isChange ? ExitCodes.OfChange : new("shown", "there is none of this name, or the group did not answer"),
            Examples = [$"{example} --contacts 10.0.0.1:2551"],
            Own = own,
            Options = new(environment, group: "coordination", timeout: isChange ? ChangeTimeout : null),
            Run = (parsed, group) => run(parsed, new CoordinationGroup(group)),
        }.Build();

    /// <exception cref="InvalidDataException">The group is not a coordination.</exception>
    public async Task<T> AskAsync<T>(Question question, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return (await _calls.AskAsync(question, type, null, null, Client.End).ConfigureAwait(false)).Answer;
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            throw new InvalidDataException($"Group '{Settings.Target.Group}' is no coordination: leave out --group, or name that group", e);
        }
    }

    public int Ask<T>(Question question, JsonTypeInfo<T> type, Func<T, int> then)
        where T : class =>
        Ask(() => AskAsync(question, type), then);

    /// <param name="name">The lock to describe. Default: all locks and sessions.</param>
    public int Describe(string? name, Func<RaftOverview, int> then) =>
        Ask(new Question.OfOverview(name), CoordinationJson.Default.RaftOverview, then);

    public IAsyncEnumerable<ItemsView> WatchAsync(string prefix) => _calls.FollowItemsAsync(prefix, Client.End);

    /// <summary>Tells what the command will change, and asks for confirmation unless the user has given it.</summary>
    /// <returns>The exit code if the user does not confirm, and null otherwise.</returns>
    /// <exception cref="UsageException">Output in JSON cannot ask.</exception>
    public int? Confirm(bool isSure, string what, string expected)
    {
        if (Settings.IsJson)
        {
            return isSure ? null : throw new UsageException("--json asks for no confirmation: add --yes, or leave out --json");
        }

        Environment.Output.WriteLine(Printable.Of(what));
        Environment.Output.Flush();
        return isSure || Environment.IsConfirmed(Printable.Of($"Type {expected} to continue: "), expected, Client.Interrupted)
            ? null
            : ExitCode.Failed;
    }

    /// <param name="whyNot">Says why an answer is a refusal, or null if it is not.</param>
    public (RequestOutcome Outcome, long Stamp) Append(string key, Change command, Func<Answer, string?> whyNot)
    {
        var appending = () => _calls.AppendAsync(key, command, Settings.Timeout, Client.End);
        return Client.TryAsk(appending, out var done) is { } why ? (new RequestOutcome.NotDone(why), 0)
            : done is not var (answer, serial) ? (Client.Unknown(why: null), 0)
            : (answer is Answer.Refused refused ? refused.Why : whyNot(answer)) is { } refusal ? (new RequestOutcome.NotDone(refusal), 0)
            : (new RequestOutcome.Done(), answer.StampOf(serial));
    }
}
