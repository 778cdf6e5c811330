namespace RaftActors.Cli.Tests.Application;

/// <summary><c>raft item</c> with the coordination group of an application.</summary>
public sealed class ItemTests(LockNodes nodes) : IClassFixture<LockNodes>
{
    [Fact]
    public async Task Item_is_written_read_and_deleted()
    {
        var put = nodes.Ask("item", "put", "shop/mode", "night\nshift");
        var (get, list) = (nodes.Ask("item", "get", "shop/mode"), nodes.Ask("item", "list", "shop/"));
        var item = await nodes.Programs[2].Items.GetAsync("shop/mode");
        var deleted = nodes.Ask("item", "delete", "shop/mode");
        var (gone, again) = (nodes.Ask("item", "get", "shop/mode"), nodes.Ask("item", "delete", "shop/mode"));

        Assert.Equal((0, $"put 'shop/mode', version {item!.Version}\n", ""), (put.Code, put.Output, put.Error));
        Assert.Equal((0, "night\nshift\n", ""), (get.Code, get.Output, get.Error));
        Assert.Equal(["NAME       VERSION  VALUE", $@"shop/mode  {item.Version,-7}  night\u000ashift"], list.Lines);
        Assert.Equal((0, "deleted 'shop/mode'\n", ""), (deleted.Code, deleted.Output, deleted.Error));
        Assert.Equal((1, "", "raft: there is no item 'shop/mode', as 'raft item list' shows\n"), (gone.Code, gone.Output, gone.Error));
        Assert.Equal(
            (1, "", "raft: not done: there is no item 'shop/mode'; nothing was changed\n"), (again.Code, again.Output, again.Error));
    }

    [Fact]
    public void JSON_has_an_object_for_each_item_and_each_outcome()
    {
        var put = nodes.Ask("item", "put", "json/a", "1", "--json");
        var version = put.Objects.Single().GetProperty("version").GetInt64();
        var refused = nodes.Ask("item", "delete", "json/b", "--json");
        var item = $$"""{"kind":"item","name":"json/a","version":{{version}},"value":"1"}""" + "\n";

        Assert.Equal($$"""{"kind":"item-put","name":"json/a","version":{{version}},"outcome":"done"}""" + "\n", put.Output);
        Assert.Equal(
            (1, """{"kind":"item-delete","name":"json/b","outcome":"not-done","why":"there is no item 'json/b'"}""" + "\n"),
            (refused.Code, refused.Output));
        Assert.Equal(item, nodes.Ask("item", "get", "json/a", "--json").Output);
        Assert.Equal(item, nodes.Ask("item", "list", "json/", "--json").Output);
    }

    [Fact]
    public async Task Commit_changes_all_items_or_none_and_names_the_one_that_differs()
    {
        var version = await nodes.Programs[0].Items.PutAsync("deal/a", "1");
        var expected = $"deal/a={version}";
        var done = nodes.Ask("item", "commit", "--expect", expected, "--put", "deal/a=x=y", "--put", "deal/b=2", "--delete", "deal/c");
        var all = await nodes.Programs[1].Items.ListAsync("deal/");
        var late = nodes.Ask("item", "commit", "--expect", expected, "--delete", "deal/b");
        var json = nodes.Ask("item", "commit", "--expect", "deal/c=9", "--delete", "deal/b", "--json");
        string[] command = ["item", "commit", "-", "--delete", "deal/a", "--contacts", nodes.Contacts[0]];
        var read = Run.Here("put deal/d=line of text\n\nexpect deal/e=0\ndelete deal/b", command);

        Assert.Equal((0, $"committed, version {all[0].Version}\n", ""), (done.Code, done.Output, done.Error));
        Assert.Equal(["deal/a x=y", "deal/b 2"], all.Select(item => $"{item.Name} {item.Value}"));
        Assert.Single(all.DistinctBy(item => item.Version));
        Assert.Equal(
            (1, "", $"raft: not done: the transaction is not done, because 'deal/a' has version {all[0].Version} and the caller expects "
                + $"version {version}. Read it again, and decide again; nothing was changed\n"),
            (late.Code, late.Output, late.Error));
        Assert.Equal(1, json.Code);
        Assert.StartsWith("""{"kind":"item-commit","outcome":"not-done","why":"The transaction is not done, because""", json.Output);
        Assert.Equal((0, ""), (read.Code, read.Error));
        Assert.Equal(["line of text"], (await nodes.Programs[1].Items.ListAsync("deal/")).Select(item => item.Value));
    }

    [Theory]
    [InlineData("", "the transaction is empty")]
    [InlineData("--expect a", "'expect a' is no part of a transaction: write 'expect NAME=VERSION'")]
    [InlineData("--expect a=-1", "'expect a=-1' is no part of a transaction")]
    [InlineData("--put =1", "'put =1' is no part of a transaction")]
    [InlineData("file.txt", "give the transaction by options, or with '-' on standard input")]
    public void Wrong_transaction_is_a_usage_error(string words, string problem)
    {
        var run = nodes.Ask(["item", "commit", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(problem, run.Error);
    }

    [Fact]
    public void Group_refuses_a_value_that_is_too_long()
    {
        var run = nodes.Ask("item", "put", "long", new string('x', 9001));

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("9001 characters", run.Error);
    }

    [Fact]
    public async Task Watch_prints_all_items_and_each_change_until_Ctrl_C()
    {
        await nodes.Programs[0].Items.PutAsync("watched/a", "1");
        var watching = Task.Run(
            () => Run.Interrupted("watched/a is deleted\n", "item", "watch", "watched/", "--contacts", nodes.Contacts[1]));
        while (!watching.IsCompleted)
        {
            await nodes.Programs[0].Items.PutAsync("watched/a", "2");
            await nodes.Programs[0].Items.DeleteAsync("watched/a");
        }

        var run = await watching;
        Assert.Equal((130, ""), (run.Code, run.Error));
        Assert.Matches(@"^\d items\n", run.Output);
        Assert.Contains("watched/a = 2\nwatched/a is deleted\n", run.Output);
    }
}
