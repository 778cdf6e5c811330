using System.Text.Json;

using RaftActors.Coordination;

using Command = System.CommandLine.Command;

namespace RaftActors.Cli.Client.Coordination;

/// <summary>The coordination group of a running application, as one verb uses it.</summary>
internal sealed class CoordinationGroup(GroupRun run) : GroupRun(run.Environment, run.Settings, run.Client)
{
    // Above the default of raft-coordination.session-timeout, after which a program that does not answer has lost its session.
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(15);

    /// <summary>It opens no session, because the verbs hold nothing.</summary>
    public RaftCoordination Coordination { get; } = RaftCoordination.Connect(run.Client.Connection, "raft");

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

    /// <summary>Asks the coordination, and reports why there is no answer. The question must change nothing.</summary>
    /// <param name="then">Shows the answer, and returns the exit code.</param>
    public int Ask<T>(Func<RaftCoordination, CancellationToken, Task<T>> ask, Func<T, int> then) =>
        Ask(() => AskAsync(ask), then);

    /// <param name="name">The lock to describe. Default: all locks and sessions.</param>
    public int Describe(string? name, Func<RaftOverview, int> then) =>
        Ask((asked, end) => asked.DescribeAsync(name, consistency: ReadConsistency.Linearizable, cancellationToken: end), then);

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

    /// <param name="change">Returns why nothing was changed, or null if it was.</param>
    public RequestOutcome Change(Func<RaftCoordination, CancellationToken, Task<string?>> change)
    {
        try
        {
            return change(Coordination, Client.End).GetAwaiter().GetResult() is { } whyNot
                ? new RequestOutcome.NotDone(whyNot)
                : new RequestOutcome.Done();
        }
        catch (RaftException e) when (e.Failure is { } failure)
        {
            return Client.Failed(failure);
        }
        catch (OperationCanceledException)
        {
            return Client.Unknown(why: null);
        }
        catch (InvalidOperationException e)
        {
            return new RequestOutcome.NotDone(e.Message);
        }
    }

    private async Task<T> AskAsync<T>(Func<RaftCoordination, CancellationToken, Task<T>> ask)
    {
        try
        {
            return await ask(Coordination, Client.End).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            throw new InvalidDataException($"Group '{Settings.Target.Group}' is no coordination: leave out --group, or name that group", e);
        }
    }
}
