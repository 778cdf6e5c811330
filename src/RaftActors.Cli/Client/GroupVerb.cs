namespace RaftActors.Cli.Client;

internal sealed class GroupVerb(CommandEnvironment environment, string name) : Verb<GroupRun>(name)
{
    public ClientOptions Options { get; init; } = new(environment);

    /// <summary>If true, asks the next process after <see cref="RunSettings.LookTimeout"/>, and does not report redirects.</summary>
    public Func<ParseResult, bool> Looks { get; init; } = _ => false;

    protected override IEnumerable<Option> Shared => Options.All;

    protected override int Start(ParseResult parsed) =>
        Start(Options.Read(parsed), environment, run => Run(parsed, run), Ends.Unknown is not null, Looks(parsed));

    /// <summary>
    /// Runs a verb with a client of the group. The first Ctrl-C or SIGTERM ends the calls, so that the verb can report its open requests.
    /// The second one ends the program at once.
    /// </summary>
    public static int Start(
        RunSettings settings, CommandEnvironment environment, Func<GroupRun, int> run, bool isChange = true, bool looks = false)
    {
        return environment.RunInterruptibly(interrupted =>
        {
            using var client = settings.Open(interrupted, isChange && !looks ? TellOfLeader : null, looks ? settings.LookTimeout : null);
            return run(new GroupRun(environment, settings, client));
        });

        void TellOfLeader(ProcessName leader)
        {
            var shown = settings.Target.Show(leader);
            new VerbOutput(environment, settings.IsJson).WriteOutcome(
                "redirect", $"redirect to leader: {Printable.Of(shown)}", ("leader", shown));
        }
    }
}
