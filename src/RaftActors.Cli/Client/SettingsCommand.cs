using RaftActors.Cli.Client.Check;

namespace RaftActors.Cli.Client;

internal static class SettingsCommand
{
    public static Command Build(CommandEnvironment environment) => new GroupVerb(environment, "settings")
    {
        What = """
            Shows the version of the program of each member, and those of its settings that all nodes should share. 'raft check' reports
            those that differ.
            """,
        Ends = ExitCodes.OfLook,
        Examples = ["settings -S :9990,:9991", "settings --contacts 10.0.0.1:2551 --group orders"],
        Looks = _ => true,
        Run = (_, run) => run.AskStatus(group => run.Ask(
            () => DescriptionSample.TakeAsync(group, run.Client.Raft, run.Client.End),
            samples => run.WriteRows(
                "setting",
                [.. samples.SelectMany(SettingsOf)],
                [
                    new(run.Target.Noun.ToUpperInvariant(), run.Target.Noun, each => run.Target.Show(each.Process)),
                    new("SETTING", "setting", each => each.Name),
                    new("VALUE", "value", each => each.Value),
                ]))),
    }.Build();

    private static IEnumerable<(ProcessName Process, string Name, string Value)> SettingsOf(DescriptionSample sample) =>
    [
        (sample.Name, "version", sample.Version ?? "unknown: no answer, or an earlier program"),
        .. sample.Settings.Select(setting => (sample.Name, setting.Key, setting.Value)),
    ];
}
