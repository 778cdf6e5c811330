using System.CommandLine;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary>A verb about a running group.</summary>
internal sealed class GroupVerb(CommandEnvironment environment, string name)
{
    /// <summary>The description, without exit codes and examples.</summary>
    public required string What { get; init; }

    public ExitCodes Ends { get; init; } = ExitCodes.OfChange;

    /// <summary>The words after <c>raft</c>, one example each.</summary>
    public required string[] Examples { get; init; }

    /// <summary>The arguments and options that not all verbs have.</summary>
    public Symbol[] Own { get; init; } = [];

    public ClientOptions Options { get; init; } = new(environment);

    /// <summary>See <see cref="ClientSettings.LookTimeout"/>.</summary>
    public bool Looks { get; init; }

    /// <summary>Returns the exit code.</summary>
    public required Func<ParseResult, GroupRun, int> Run { get; init; }

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

        foreach (var option in Own.OfType<Option>())
        {
            verb.Add(option);
        }

        Options.AddTo(verb);
        verb.SetAction(parsed => Start(Options.Read(parsed), environment, run => Run(parsed, run), Ends == ExitCodes.OfChange, Looks));
        return verb;
    }

    /// <summary>Runs a verb with a client of the group. Ctrl-C ends its calls.</summary>
    public static int Start(
        ClientSettings settings, CommandEnvironment environment, Func<GroupRun, int> run, bool isChange = true, bool looks = false) =>
        settings.Run(
            client => run(new GroupRun(environment, settings, client)),
            isChange ? RedirectLine.Writer(environment, settings) : null,
            looks ? settings.LookTimeout : null);
}

/// <summary>What the exit codes of a verb mean, for its help.</summary>
/// <param name="Unknown">Null: the verb always knows.</param>
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
