namespace RaftActors.Cli.Terminal;

/// <typeparam name="TRun">The argument of <see cref="Run"/>, which returns the exit code.</typeparam>
internal abstract class Verb<TRun>(string name)
{
    /// <summary>The description, without exit codes and examples.</summary>
    public required string What { get; init; }

    public ExitCodes Ends { get; init; } = ExitCodes.OfChange;

    /// <summary>Examples of the words after <c>raft</c>.</summary>
    public required string[] Examples { get; init; }

    /// <summary>The arguments and options that not all verbs have.</summary>
    public Symbol[] Own { get; init; } = [];

    public required Func<ParseResult, TRun, int> Run { get; init; }

    protected abstract IEnumerable<Option> Shared { get; }

    public Command Build()
    {
        var verb = new Command(
            name,
            $"""
            {What}

            {Ends.Text}

            Example{(Examples.Length > 1 ? "s" : "")}:
            {string.Join('\n', Examples.Select(example => $"  raft {example}"))}
            """);
        foreach (var argument in Own.OfType<Argument>())
        {
            verb.Add(argument);
        }

        foreach (var option in Own.OfType<Option>().Concat(Shared))
        {
            verb.Add(option);
        }

        verb.SetAction(Start);
        return verb;
    }

    protected abstract int Start(ParseResult parsed);
}

/// <summary>A verb that does not ask a group.</summary>
internal sealed class LocalVerb(CommandEnvironment environment, string name) : Verb<LocalRun>(name)
{
    /// <summary>Null for a verb that does not write JSON.</summary>
    public Option<bool>? Json { get; init; } = SharedOptions.Json();

    protected override IEnumerable<Option> Shared => Json is null ? [] : [Json];

    protected override int Start(ParseResult parsed) => environment.RunInterruptibly(
        interrupted => Run(parsed, new LocalRun(environment, Json is not null && parsed.GetValue(Json), interrupted)));
}

internal sealed class LocalRun(CommandEnvironment environment, bool isJson, CancellationToken interrupted)
    : VerbOutput(environment, isJson)
{
    /// <summary>Cancelled by Ctrl-C and SIGTERM. Code that makes a file or a folder takes it, and deletes an unfinished one.</summary>
    public CancellationToken Interrupted => interrupted;
}

/// <summary>What the exit codes of a verb mean, for its help.</summary>
/// <param name="Unknown">Null for a verb whose outcome is always known.</param>
internal sealed record ExitCodes(string Done, string Failed, string? Unknown = null, string Interrupted = "Ctrl-C")
{
    public static readonly ExitCodes OfChange = new(
        "done", "not done, and nothing was changed: standard error says why", "unknown whether it was done");

    public static readonly ExitCodes OfLook = new("shown", "no server of --server, or no node of --contacts, answered");

    public string Text =>
        $"""
        Exit codes:
          0    {Done}
          1    {Failed}
          2    the command is wrong{(Unknown is null ? "" : $"\n  3    {Unknown}")}
          130  {Interrupted}
        """;
}
