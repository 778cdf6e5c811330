using RaftActors.Cli.Client.Top;

namespace RaftActors.Cli.Client;

/// <summary>
/// Adds or removes the processes of one node in all groups of an application, one group after the other, for
/// <c>raft members add --all</c> and <c>remove --all</c>. A group that is already so counts as done, so a failed command can be repeated.
/// </summary>
/// <param name="node">The part of a process name after its first @.</param>
/// <param name="votes">False: the processes that are added never vote.</param>
internal sealed class NodeMembers(string node, GroupRun run, bool isAddition, bool votes)
{
    private RunSettings Settings => run.Settings;

    /// <returns>The highest exit code of the groups.</returns>
    public int Run() => run.Ask(
        () => ApplicationSample.TakeAsync(run.Client.Connection, Settings.LookTimeout, run.Client.End), sample => Change(sample.Groups));

    private int Change(ImmutableArray<GroupRow> groups)
    {
        var client = run.Client;
        List<int> codes = [];
        foreach (var group in groups.OrderBy(group => group.Group, StringComparer.Ordinal).TakeWhile(_ => !client.IsInterrupted))
        {
            using var own = client.Of(group.Group);
            codes.AddRange(Change(group, own));
        }

        if (client.IsInterrupted || codes.Count > 0)
        {
            return client.IsInterrupted ? ExitCode.Interrupted : codes.Max();
        }

        var nodes = groups.SelectMany(group => group.Processes).Select(process => process.Name.Node).Distinct().Order();
        var others = $"on node '{node}'; processes run on {string.Join(", ", nodes)}";
        return isAddition
            ? run.Refuse($"no process runs {others}")
            : run.Write("member-removed", $"no group has a member {others}", ("outcome", "done"));
    }

    private List<int> Change(GroupRow group, GroupClient client)
    {
        var own = Settings with { Target = Settings.Target with { Group = group.Group } };
        if (client.TryAsk(() => client.StatusAsync(client.End), out var status) is { } silent)
        {
            return [MembersCommand.Report(run, null, isAddition, new RequestOutcome.NotDone(silent), group.Group)];
        }

        var members = status.Members.ToDictionary(member => member.Name);
        var names = isAddition ? group.Processes.Select(process => process.Name) : members.Keys;
        return [.. names.Where(name => name.Node == node).Order().Select(name => MembersCommand.Report(
            run,
            name,
            isAddition,
            isAddition && members.TryGetValue(name, out var member) && (votes || member.NeverVotes)
                ? new RequestOutcome.Done(WasBefore: true)
                : MembersCommand.Change(own, client, name, isAddition, votes),
            group.Group))];
    }
}
