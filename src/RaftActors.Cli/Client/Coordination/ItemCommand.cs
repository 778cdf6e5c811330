using RaftActors.Coordination;

using Command = System.CommandLine.Command;

namespace RaftActors.Cli.Client.Coordination;

internal static class ItemCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var name = new Argument<string>("name") { Description = "The name of the item." };
        var value = new Argument<string>("value") { Description = "Its text, of at most 9000 characters." };
        var prefix = new Argument<string>("prefix")
        {
            Description = "The beginning of the names. Default: all items.",
            DefaultValueFactory = _ => "",
        };
        return new("item", "Shows and changes the items of an application: small texts by name in its coordination group.")
        {
            CoordinationGroup.Verb(
                environment,
                "get",
                "Prints the value of an item.",
                "item get shop/mode",
                false,
                [name],
                (parsed, group) => Get(group, parsed.GetValue(name)!, environment.IsTerminal)),
            CoordinationGroup.Verb(
                environment,
                "put",
                "Writes an item. It belongs to no session, and stays until it is deleted.",
                "item put shop/mode maintenance",
                true,
                [name, value],
                (parsed, group) => Put(group, parsed.GetValue(name)!, parsed.GetValue(value)!)),
            CoordinationGroup.Verb(
                environment,
                "delete",
                "Deletes an item.",
                "item delete shop/mode",
                true,
                [name],
                (parsed, group) => Delete(group, parsed.GetValue(name)!)),
            ItemCommitCommand.Build(environment),
            CoordinationGroup.Verb(
                environment,
                "list",
                "Lists the items whose names begin with a prefix, sorted by name.",
                "item list shop/",
                false,
                [prefix],
                (parsed, group) => List(group, parsed.GetValue(prefix)!)),
            CoordinationGroup.Verb(
                environment,
                "watch",
                """
                Prints the items whose names begin with a prefix, and then each change until Ctrl-C. After a gap, when the group has
                forgotten changes, all items come again: an item that is not among them was deleted.
                """,
                "item watch shop/",
                false,
                [prefix],
                (parsed, group) => Watch(group, parsed.GetValue(prefix)!)),
        };
    }

    private static int Get(CoordinationGroup group, string name, bool isTerminal) => Read(group, name, item =>
        item is null ? group.Refuse($"{Missing(name)}, as 'raft item list' shows")

            // A script gets the value without escapes.
            : group.Write("item", isTerminal ? Printable.Of(item.Value) : item.Value, Members(item.Name, item.Version, item.Value)));

    private static int List(CoordinationGroup group, string prefix) => group.Ask(
        (asked, end) => asked.Items.ListAsync(prefix, cancellationToken: end),
        items => group.WriteRows(
            "item",
            items,
            [
                new("NAME", "name", each => each.Name),
                new("VERSION", "version", each => each.Version),
                new("VALUE", "value", each => each.Value),
            ]));

    private static int Put(CoordinationGroup group, string name, string value) => Read(group, name, _ =>
    {
        long? version = null;
        var outcome = group.Change(async (asked, end) =>
        {
            version = await asked.Items.PutAsync(name, value, cancellationToken: end).ConfigureAwait(false);
            return null;
        });
        return Report(group, outcome, name, "put", $"put '{name}', version {version}", version);
    });

    private static int Delete(CoordinationGroup group, string name) => Read(group, name, _ => Report(
        group,
        group.Change(async (asked, end) =>
            await asked.Items.DeleteAsync(name, cancellationToken: end).ConfigureAwait(false) ? null : Missing(name)),
        name,
        "delete",
        $"deleted '{name}'"));

    private static int Report(
        CoordinationGroup group, RequestOutcome outcome, string name, string verb, string done, long? version = null) => group.Report(
        outcome,
        $"item-{verb}",
        done,
        $"'{name}' was changed",
        $"raft item get {name}",
        members: [("name", name), ("version", version)]);

    private static int Watch(CoordinationGroup group, string prefix) => group.Ask(
        (asked, end) => asked.Items.ListAsync(prefix, cancellationToken: end),
        _ => group.Ask((asked, end) => WatchAsync(group, asked.Items.WatchAsync(prefix, cancellationToken: end)), _ => ExitCode.Done));

    private static async Task<bool> WatchAsync(CoordinationGroup group, IAsyncEnumerable<RaftItemChange> changes)
    {
        await foreach (var change in changes.ConfigureAwait(false))
        {
            if (change.Name is null)
            {
                group.Write("items", $"{change.Items.Count} items", ("items", change.Items.Count));
            }

            var shown = change.Name is { } name
                ? [(name, change.Version, change.Items.GetValueOrDefault(name)?.Value)]
                : change.Items.Values.Select(item => (item.Name, item.Version, (string?)item.Value));
            foreach (var (item, version, value) in shown)
            {
                group.Write(
                    value is not null ? "item" : "item-deleted",
                    Printable.Of(value is not null ? $"{item} = {value}" : $"{item} is deleted"),
                    Members(item, version, value));
            }

            group.Environment.Output.Flush();
        }

        return true;
    }

    // Before each change, so that a group that does not answer is known not to be changed.
    private static int Read(CoordinationGroup group, string name, Func<RaftItem?, int> then) =>
        group.Ask((asked, end) => asked.Items.GetAsync(name, cancellationToken: end), then);

    private static (string Name, object? Value)[] Members(string name, long version, string? value) =>
        [("name", name), ("version", version), ("value", value)];

    private static string Missing(string name) => $"there is no item '{name}'";
}
