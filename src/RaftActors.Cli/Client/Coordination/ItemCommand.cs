using RaftActors.Coordination.State;

using Command = System.CommandLine.Command;
using Change = RaftActors.Coordination.State.Command;

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
                (parsed, group) => Write(group, parsed.GetValue(name)!, new Change.Put(parsed.GetValue(value)!, null, 0, null), "put")),
            CoordinationGroup.Verb(
                environment,
                "delete",
                "Deletes an item.",
                "item delete shop/mode",
                true,
                [name],
                (parsed, group) => Write(group, parsed.GetValue(name)!, new Change.Delete(null), "delete")),
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

    private static int Get(CoordinationGroup group, string name, bool isTerminal) => Read(group, name, view =>
        view.Items is not [{ Value: { } value } item] ? group.Refuse($"there is no item '{name}', as 'raft item list' shows")

            // A script gets the value without escapes.
            : group.Write("item", isTerminal ? Printable.Of(value) : value, Members(item)));

    private static int List(CoordinationGroup group, string prefix) => group.Ask(
        new Question.OfChanges(prefix, -1), CoordinationJson.Default.ItemsView, view => group.WriteRows(
            "item",
            view.Items,
            [
                new("NAME", "name", each => each.Name),
                new("VERSION", "version", each => each.Version),
                new("VALUE", "value", each => each.Value),
            ]));

    // Reads first, so that a group that does not answer is known not to be changed.
    private static int Write(CoordinationGroup group, string name, Change change, string verb) => Read(group, name, _ =>
    {
        var (outcome, version) = group.Append(name, change, answer => answer is Answer.Conflict ? $"there is no item '{name}'" : null);
        return group.Report(
            outcome,
            $"item-{verb}",
            change is Change.Put ? $"put '{name}', version {version}" : $"deleted '{name}'",
            $"'{name}' was changed",
            $"raft item get {name}",
            members: [("name", name), ("version", outcome is RequestOutcome.Done ? version : null)]);
    });

    private static int Watch(CoordinationGroup group, string prefix) =>
        Read(group, prefix, _ => group.Ask(() => WatchAsync(group, prefix), _ => ExitCode.Done));

    private static async Task<bool> WatchAsync(CoordinationGroup group, string prefix)
    {
        await foreach (var view in group.WatchAsync(prefix).ConfigureAwait(false))
        {
            if (view.IsWhole)
            {
                group.Write("items", $"{view.Items.Length} items", ("items", view.Items.Length));
            }

            foreach (var item in view.Items)
            {
                var isThere = item.Value is not null;
                group.Write(
                    isThere ? "item" : "item-deleted",
                    Printable.Of(isThere ? $"{item.Name} = {item.Value}" : $"{item.Name} is deleted"),
                    Members(item));
            }

            group.Environment.Output.Flush();
        }

        return true;
    }

    private static int Read(CoordinationGroup group, string name, Func<ItemsView, int> then) =>
        group.Ask(new Question.OfItem(name), CoordinationJson.Default.ItemsView, then);

    private static (string Name, object? Value)[] Members(Item item) =>
        [("name", item.Name), ("version", item.Version), ("value", item.Value)];
}
