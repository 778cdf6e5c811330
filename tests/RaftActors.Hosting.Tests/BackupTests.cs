using System.Diagnostics.Metrics;

using Microsoft.Extensions.Logging;

using RaftActors.Hosting.Backups;

using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace RaftActors.Hosting.Tests;

/// <summary>Backups by plan in hosts with real groups, real files and the clock of the test.</summary>
public sealed class BackupTests : FolderTest
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // The last one is almost a name of the plan.
    private static readonly string[] Others =
        ["monday.backup", "counter.txt", "counter-000001-00-20261201T000000Z-01.backup"];

    private readonly ManualClock _clock = new();
    private readonly int[] _ports = FreePorts.Take(3);
    private readonly string _backups;

    public BackupTests() => _backups = Directory.CreateDirectory(Folder["backups"]).FullName;

    private string[] Names =>
        [.. Directory.GetFiles(_backups, "counter-*.backup").Select(file => Path.GetFileName(file)).Except(Others).Order()];

    // The chain, the number in it, and the last serial of each.
    private IEnumerable<string> Made =>
        Names.Select(name => name.Split('-', '.')).Select(parts => $"{parts[1][^1]}/{parts[2]} s{parts[4]}");

    [Fact]
    public async Task Restore_of_a_whole_backup_and_those_that_continue_it_has_all_pairs()
    {
        await using (var node = Node())
        {
            await StartAsync(node);
            for (var turn = 0; turn < 2; turn++)
            {
                await node.AddAsync(10);
                await TurnAsync(node, Hour);
            }

            Assert.Equal(["1/00 s0", "1/01 s1", "1/02 s2"], Made);
            var health = await CheckAsync(node);
            Assert.Equal(HealthStatus.Healthy, health.Status);
            Assert.Equal("serial 2, 00:00:00 old", health.Data[$"counter in {_backups}"]);
        }

        ProcessName process = new($"counter@127.0.0.1:{_ports[0]}");
        var serial = await new RaftRestore(Guid.NewGuid(), [process]).RunAsync(
            [.. Names.Select(PathOf)], Folder["restored"], process);

        await using var restored = new HostedNode(
            _ports[0], _ports[..1], configuration: ("RaftActors:StoreDirectory", Folder["restored"]));
        await restored.StartAsync();
        Assert.Equal((new Serial(2), 20), (serial, await restored.ReadAsync()));
    }

    [Fact]
    public async Task Restart_of_the_host_continues_the_chain_when_a_backup_is_due_and_makes_none_before()
    {
        await using (var node = Node(store: Folder["store"]))
        {
            await StartAsync(node);
        }

        await using (var soon = Node(store: Folder["store"]))
        {
            await StartAsync(soon);
            Assert.Equal(["1/00 s0"], Made);
            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(soon)).Status);
        }

        _clock.Pause(Hour);
        await using var later = Node(store: Folder["store"]);
        await StartAsync(later);

        Assert.Equal(["1/00 s0", "1/01 s0"], Made);
    }

    [Fact]
    public async Task Chain_has_a_day_at_most_and_the_oldest_is_removed_as_a_whole_when_a_newer_one_is_whole()
    {
        Array.ForEach(Others, name => File.WriteAllText(PathOf(name), "mine"));
        File.WriteAllText(PathOf(".raft-backups.unfinished"), "of a program that was killed");
        await using var node = Node();
        await StartAsync(node);
        await TurnAsync(node, Hour);
        await TurnAsync(node, Day);
        Assert.Equal(["1/00 s0", "1/01 s0", "2/00 s0"], Made);

        await TurnAsync(node, Hour);

        Assert.Equal(["2/00 s0", "2/01 s0"], Made);
        Assert.Equal([".raft-backups.lock", .. Others.Concat(Names).Order(StringComparer.Ordinal)], FilesIn(_backups));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Damaged_newest_chain_is_degraded_and_does_not_count_when_old_ones_are_removed(bool showsInTheFolder)
    {
        await using var node = Node();
        await StartAsync(node);
        var whole = Names.Single();
        await TurnAsync(node, Day);
        var damaged = Names.Single(name => name != whole);
        Damage(damaged, showsInTheFolder);

        await TurnAsync(node, Hour);

        var health = await CheckAsync(node);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.StartsWith($"{PathOf(damaged)} is no backup, or is damaged", health.Description);
        Assert.Equal(["1/00 s0", "2/00 s0", "3/00 s0"], Made);
        await RaftBackup.VerifyAsync(PathOf(whole));

        // The new chain takes the place of both.
        await TurnAsync(node, Hour);
        Assert.Equal(["3/00 s0", "3/01 s0"], Made);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(node)).Status);
    }

    [Fact]
    public async Task Backup_of_a_clock_that_was_ahead_is_replaced_by_the_next_ones()
    {
        await using (var node = Node(store: Folder["store"]))
        {
            await StartAsync(node);
            File.Move(PathOf(Names.Single()), PathOf("counter-000001-00-20990101T000000Z-0.backup"));
        }

        await using var later = Node(store: Folder["store"]);
        await StartAsync(later);
        Assert.Equal(["1/00 s0", "2/00 s0"], Made);

        await TurnAsync(later, Hour);

        Assert.Equal(["2/00 s0", "2/01 s0"], Made);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(later)).Status);
    }

    [Theory]
    [InlineData(false, "lacks a file", "1/00 s0", "1/02 s0", "2/00 s0")]
    [InlineData(true, "has another content than its name says", "1/00 s0", "1/01 s7", "1/02 s0", "2/00 s0")]
    public async Task Chain_with_a_file_that_is_missing_or_renamed_is_degraded_and_not_continued(
        bool isRenamed, string problem, params string[] made)
    {
        await using var node = Node();
        await StartAsync(node);
        await TurnAsync(node, Hour);
        await TurnAsync(node, Hour);
        var (middle, renamed) = (PathOf(Names[1]), PathOf(Names[1].Replace("-0.backup", "-7.backup")));
        File.Move(middle, renamed);
        if (!isRenamed)
        {
            File.Delete(renamed);
        }

        await TurnAsync(node, Hour);

        Assert.Contains(problem, (await CheckAsync(node)).Description);
        Assert.Equal(made, Made);
    }

    [Fact]
    public async Task Whole_backup_begins_a_chain_when_the_group_has_compacted_the_pairs_after_the_latest_one()
    {
        await using var node = Node(
            add: akka => akka.WithRaftActor<Counter, Book>("counter"),
            hocon: "raft.snapshot.retained-entries = 0");
        await StartAsync(node);
        await node.AddAsync(1);
        await using var client = RaftActors.Raft.Get(node.System).CreateClient("counter");
        await client.TakeSnapshotAsync(new ProcessName($"counter@127.0.0.1:{_ports[0]}"), Guard);

        await TurnAsync(node, Hour);

        Assert.Equal(["1/00 s0", "2/00 s1"], Made);
        Assert.Contains(node.Log.ReadAll(), entry => entry.Text.StartsWith("A whole backup of group counter", StringComparison.Ordinal));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(node)).Status);
    }

    [Fact]
    public async Task Nodes_with_coordination_make_each_backup_once_and_the_others_continue_the_chain_of_one_that_is_lost()
    {
        var nodes = _ports.Select(port => Node(
            port,
            _ports,
            akka => akka.WithRaftActor<Counter>("counter").WithRaftCoordination(),
            services => services.AddRaftCoordination(),
            groups: ["counter"])).ToList();
        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
        await Task.WhenAll(nodes.Select(EndOfTurnAsync));
        Assert.Equal(["1/00 s0"], Made);
        foreach (var node in nodes)
        {
            Assert.Equal("serial 0, 00:00:00 old", (await CheckAsync(node)).Data[$"counter in {_backups}"]);
            Assert.DoesNotContain(node.Log.ReadAll(), entry => entry.Text.Contains(_backups) && entry.Level >= LogLevel.Warning);
        }

        var writer = nodes.Single(node => HasBackedUp(node));
        await writer.DisposeAsync();
        nodes.Remove(writer);
        await Task.WhenAll(TurnAsync(nodes[0], Hour), EndOfTurnAsync(nodes[1]));

        Assert.Equal(["1/00 s0", "1/01 s0"], Made);
        Assert.Single(nodes, HasBackedUp);
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));

        static bool HasBackedUp(HostedNode node) =>
            node.Log.ReadAll().Any(entry => entry.Text.StartsWith("Backed up group", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Folder_that_another_node_uses_without_coordination_is_degraded_with_the_remedy()
    {
        await using var node = Node();
        using (File.Open(PathOf(".raft-backups.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            await StartAsync(node);
        }

        Assert.Contains("or give each node a folder of its own.", (await CheckAsync(node)).Description);
        Assert.Empty(Names);
    }

    [Fact]
    public async Task Folder_that_vanishes_is_degraded_and_is_not_created_and_the_next_turn_tries_again()
    {
        await using var node = Node();
        await StartAsync(node);
        Directory.Delete(_backups, recursive: true);

        await TurnAsync(node, Hour);

        var error = Assert.Single(node.Log.ReadAll(), entry => entry.Level == LogLevel.Error);
        Assert.Equal(
            $"No backups in {_backups}. The folder {_backups} does not exist. Create it, or mount its disk. The next turn tries again, in "
                + "01:00:00.",
            error.Text);
        var health = await CheckAsync(node);
        Assert.Equal(
            (HealthStatus.Degraded, $"The folder {_backups} does not exist. Create it, or mount its disk."),
            (health.Status, health.Description));
        Assert.False(Directory.Exists(_backups));

        Directory.CreateDirectory(_backups);
        await TurnAsync(node, Hour);
        Assert.Equal(["1/00 s0"], Made);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(node)).Status);
    }

    [Fact]
    public async Task Backup_is_degraded_with_its_age_and_folder_when_it_is_older_than_twice_the_time_between_two()
    {
        await using var node = Node();
        await StartAsync(node);
        _clock.Pause((2 * Hour) - TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(node)).Status);

        _clock.Pause(TimeSpan.FromSeconds(2));

        var health = await CheckAsync(node);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal(
            $"The latest verified backup of group counter in {_backups} is 02:00:01 old; the limit is 02:00:00. Read the log.",
            health.Description);
        Assert.Equal(["BackupLate"], ObserveProblems());
    }

    [Fact]
    public async Task Group_that_cannot_answer_is_degraded_and_another_group_gets_its_backup()
    {
        await using var node = Node(groups: ["absent", "counter"], hocon: "raft.query-timeout = 5s");
        await StartAsync(node);

        var health = await CheckAsync(node);

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal("no verified backup", health.Data[$"absent in {_backups}"]);
        Assert.Equal(["1/00 s0"], Made);
        Assert.Equal(["BackupFails"], ObserveProblems());
    }

    [Theory]
    [InlineData("orders/of 2026-12-01")]
    [InlineData("..")]
    [InlineData("Bestellungen-größer:*?")]
    public void Name_of_each_group_is_a_name_of_a_file_in_the_folder(string group)
    {
        DateTimeOffset at = new(2026, 12, 1, 8, 30, 59, TimeSpan.Zero);
        File.WriteAllText(PlannedBackup.PathOf(_backups, group, 12, 3, at, new Serial(45)), "");

        var found = Assert.Single(PlannedBackup.In(_backups));

        Assert.Equal((group, 12, 3, at, new Serial(45)), (found.Group, found.Chain, found.Number, found.At, found.Serial));
    }

    // Without a majority the backup waits for the group until the host stops.
    [Fact]
    public async Task Stop_of_the_host_ends_the_backup_under_way_and_is_no_failure()
    {
        var node = Node(roster: _ports);
        await node.StartAsync();

        await node.DisposeAsync();

        Assert.DoesNotContain(node.Log.ReadAll(), entry => entry.Text.Contains(_backups));
        Assert.Equal([], FilesIn(_backups).Except([".raft-backups.lock"]));
    }

    private static Task<HealthReportEntry> CheckAsync(HostedNode node) => node.CheckAsync("raft-backups");

    private static string[] FilesIn(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static async Task EndOfTurnAsync(HostedNode node) =>
        await node.Log.NextAsync(entry => entry.Text.StartsWith("The turn of the backups", StringComparison.Ordinal));

    private HostedNode Node(
        int? port = null,
        int[]? roster = null,
        Action<AkkaConfigurationBuilder>? add = null,
        Action<IServiceCollection>? more = null,
        string[]? groups = null,
        string hocon = "",
        string? store = null) => new(
        port ?? _ports[0],
        roster ?? _ports[..1],
        add,
        services =>
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug));
            services.AddSingleton<TimeProvider>(_clock).AddRaftBackups(_backups, Hour, keep: 1, groups);
            more?.Invoke(services);
        },
        ("RaftActors:StoreDirectory", store),
        ("RaftActors:Hocon", $"{HostedNode.Hocon}\nraft.query-timeout = 60s\n{hocon}"));

    // The first backup has no pair.
    private static async Task StartAsync(HostedNode node)
    {
        await node.StartAsync();
        await EndOfTurnAsync(node);
    }

    // One turn, however much time goes by.
    private async Task TurnAsync(HostedNode node, TimeSpan time)
    {
        _clock.Pause(time - TimeSpan.FromTicks(1));
        _clock.Advance(TimeSpan.FromTicks(1));
        await EndOfTurnAsync(node);
    }

    // The kinds that raft.problems has for this folder.
    private List<string?> ObserveProblems()
    {
        List<string?> kinds = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name == "raft.problems")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => $"{tag.Value}");
            if (all["raft.process"] == _backups)
            {
                kinds.Add(all["kind"]);
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return kinds;
    }

    private string PathOf(string name) => Path.Combine(_backups, name);

    private void Damage(string name, bool showsInTheFolder)
    {
        var path = PathOf(name);
        var (bytes, time) = (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path));
        bytes.AsSpan(bytes.Length / 2).Clear();
        File.WriteAllBytes(path, bytes);
        if (!showsInTheFolder)
        {
            File.SetLastWriteTimeUtc(path, time);
        }
    }
}
