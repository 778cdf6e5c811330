namespace RaftActors.Cli.Client;

internal sealed class GroupVerb(CommandEnvironment environment, string name) : Verb<GroupRun>(name)
{
    public ClientOptions Options { get; init; } = new(environment);

    /// <summary>If true, asks the next process after <see cref="RunSettings.LookTimeout"/>, and does not report redirects.</summary>
    public Func<ParseResult, bool> Looks { get; init; } = _ => false;

    /// <summary>If false, the verb is about all groups of an application. Otherwise it needs one: the named or the only one.</summary>
    public Func<ParseResult, bool> IsOfOneGroup { get; init; } = _ => true;

    protected override IEnumerable<Option> Shared => Options.All;

    protected override int Start(ParseResult parsed) =>
        Start(Options.Read(parsed), environment, run => Run(parsed, run), Ends.Unknown is not null, Looks(parsed), IsOfOneGroup(parsed));

    /// <summary>
    /// Runs a verb with a client of the group. The first Ctrl-C or SIGTERM ends the calls, so that the verb can report its open requests.
    /// The second one ends the program at once.
    /// </summary>
    public static int Start(
        RunSettings settings,
        CommandEnvironment environment,
        Func<GroupRun, int> run,
        bool isChange = true,
        bool looks = false,
        bool isOfOneGroup = true)
    {
        return environment.RunInterruptibly(interrupted =>
        {
            using var client = settings.Open(interrupted, isChange && !looks ? TellOfLeader : null, looks ? settings.LookTimeout : null);
            GroupRun all = new(environment, settings, client);
            return !isOfOneGroup || settings.Target.Group != ApplicationTarget.Unknown
                ? run(all)
                : all.Ask(() => client.OnlyGroupAsync(settings.LookTimeout), group =>
                {
                    using var own = client.Of(group);
                    return run(new GroupRun(environment, settings with { Target = settings.Target with { Group = group } }, own));
                });
        });

        void TellOfLeader(ProcessName leader)
        {
            var shown = settings.Target.Show(leader);
            new VerbOutput(environment, settings.IsJson).WriteOutcome(
                "redirect", $"redirect to leader: {Printable.Of(shown)}", ("leader", shown));
        }
    }
}
