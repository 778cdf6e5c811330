namespace RaftActors.Cli.Tests.Application;

/// <summary><c>raft snapshot</c> with an application whose processes keep their logs and snapshots in files.</summary>
public sealed class SnapshotApplicationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly OrdersGroup _group;

    public SnapshotApplicationTests() => _group = new OrdersGroup("snapshot.retained-entries = 0", store: _folder.Path);

    public void Dispose()
    {
        _group.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_process_has_a_snapshot_of_all_pairs_on_its_disk_when_the_command_ends()
    {
        await AppendAsync(3);
        Assert.Empty(Files());

        var run = Ask("snapshot");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(
            _group.Names.Select(name => name.Value).Order(StringComparer.Ordinal),
            run.Lines.Select(line => line.Split(": ")[0]).Order(StringComparer.Ordinal));
        Assert.All(run.Lines, line => Assert.Matches(@": serial 3, \d+\.\d\d s$", line));
        Assert.Equal(3, Files().Length);
    }

    [Fact]
    public async Task Named_process_takes_a_snapshot_and_without_a_commit_tells_of_the_same_one_again()
    {
        await AppendAsync(2);
        var name = _group.Names[1].Value;

        var (first, second) = (Ask("snapshot", name, "--json"), Ask("snapshot", name, "--json"));

        Assert.Equal((0, ""), (first.Code, first.Error));
        var (one, same) = (first.Objects.Single(), second.Objects.Single());
        Assert.Equal(("snapshot", name, "done"), (Text(one, "kind"), Text(one, "process"), Text(one, "outcome")));
        Assert.Equal(2, one.GetProperty("serial").GetInt64());
        Assert.Equal(2, same.GetProperty("serial").GetInt64());
        Assert.Single(Files());
    }

    [Fact]
    public async Task Process_that_is_not_known_fails_and_the_others_have_their_snapshots()
    {
        await AppendAsync(1);
        var (first, last) = (_group.Names[0].Value, _group.Names[2].Value);

        var run = Ask("snapshot", first, "orders@127.0.0.1:1", last);

        Assert.Equal(1, run.Code);
        Assert.Equal([first, last], run.Lines.Select(line => line.Split(": ")[0]));
        Assert.StartsWith("raft: orders@127.0.0.1:1: ", run.Error);
    }

    [Fact]
    public async Task Tail_begins_with_the_first_pair_that_the_snapshots_have_left_in_the_log()
    {
        await AppendAsync(3);
        Assert.Equal(0, Ask("snapshot").Code);
        await AppendAsync(2);

        var run = Ask("log", "tail");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(["4", "5"], run.Lines.Select(line => line.Split(' ')[0]));
    }

    private async Task AppendAsync(int count)
    {
        for (var number = 1; number <= count; number++)
        {
            await _group.AppendAsync($"order-{number}", "beer");
        }
    }

    private string[] Files() => [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
        .Where(file => file.Contains("snapshots") && new FileInfo(file).Length > 0)];

    private Run Ask(params string[] command) => Run.Here([.. command, "--contacts", _group.Contacts[0], "--group", "orders"]);

    private static string? Text(JsonElement each, string member) => each.GetProperty(member).GetString();
}
