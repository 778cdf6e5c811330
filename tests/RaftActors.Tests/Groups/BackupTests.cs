namespace RaftActors.Tests.Groups;

/// <summary>Backups of groups that run on real files, and the groups that are restored from them.</summary>
public sealed class BackupTests : NodesTest
{
    private static readonly ProcessName[] Members = [new("raft1@node1"), new("raft2@node1"), new("raft3@node1")];

    [Theory]
    [InlineData("")]
    [InlineData("raft.snapshot { after-entries = 10, retained-entries = 0 }")]
    public async Task Restored_group_has_the_state_the_serials_and_the_request_keys_of_the_backup(string settings)
    {
        var before = Start("before", settings);
        await AppendAsync(before, 1, 35);
        var first = await AppendAsync(before, "once", "36", requestKey: "key");
        var backup = await before.BackupAsync(Folder["full"]);
        await AppendAsync(before, 37, 40);
        Assert.Equal(new Serial(36), backup.Serial);
        Assert.Equal(backup with { }, await RaftBackup.VerifyAsync(Folder["full"]));

        await RestoreAsync("after", "full");
        var after = Start("after", settings);

        Assert.Equal(StateOf(1, 36), (await after.QueryAsync<string>("state")).Result);
        Assert.Equal("0", (await before.QueryAsync<string>("eras")).Result);
        Assert.Equal(first.Serial, (await AppendAsync(after, "once", "36", requestKey: "key")).Serial);
        Assert.Equal(new Serial(37), (await AppendAsync(after, "next", "37")).Serial);
        Assert.NotEqual(await IdentityOfAsync(before), await IdentityOfAsync(after));

        // The pairs of the backup keep their era: a member that has a snapshot of them must agree with one that applies them again.
        var eras = ((await after.QueryAsync<string>("eras")).Result).Split(' ').Select(long.Parse).ToList();
        Assert.Equal([0], eras[..^1]);
        var begun = DateTimeOffset.UnixEpoch.AddTicks(eras[^1] * TimeSpan.TicksPerMicrosecond);
        Assert.InRange(begun, backup.At.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Equal(StateOf(1, 40), (await before.QueryAsync<string>("state")).Result);
    }

    [Fact]
    public async Task Incremental_backups_continue_a_full_one()
    {
        var before = Start("before", "");
        await AppendAsync(before, 1, 5);
        await before.BackupAsync(Folder["full"]);
        await AppendAsync(before, 6, 9);
        var second = await before.BackupAsync(Folder["second"], continues: Folder["full"]);
        var third = await before.BackupAsync(Folder["third"], continues: Folder["second"], process: Members[1]);

        Assert.Equal((new Serial(5), new Serial(9)), (second.After, second.Serial));
        Assert.Equal((new Serial(9), new Serial(9), Members[1]), (third.After, third.Serial, third.Process));
        await RestoreAsync("after", "full", "second", "third");
        var after = Start("after", "");
        Assert.Equal(StateOf(1, 9), (await after.QueryAsync<string>("state")).Result);
        await AssertRefusedAsync("continues another backup", "second");
        await AssertRefusedAsync("Name the backups of one group", "full", "third");
    }

    [Fact]
    public async Task Backup_whose_end_is_compacted_cannot_be_continued()
    {
        var client = Start("before", "raft.snapshot { after-entries = 10, retained-entries = 0 }");
        await AppendAsync(client, 1, 3);
        await client.BackupAsync(Folder["full"]);

        // Snapshots are taken beside the Appends, so the number of Appends until the log is compacted is not known.
        RaftException? failure = null;
        for (var number = 4; failure is null; number++)
        {
            await AppendAsync(client, number, number);
            failure = await Record.ExceptionAsync(() => client.BackupAsync(
                Folder[$"{number}"], continues: Folder["full"])) as RaftException;
        }

        Assert.EndsWith("Take a full backup.", failure.Message);
        await Task.WhenAll(Directory.GetFiles(Folder.Path).Select(file => RaftBackup.VerifyAsync(file)));
    }

    [Fact]
    public async Task Backup_replaces_no_file_and_a_restore_no_store()
    {
        var client = Start("before", "");
        await AppendAsync(client, 1, 1);
        await client.BackupAsync(Folder["full"]);

        Assert.Contains("exists", (await Assert.ThrowsAsync<StoreException>(() => client.BackupAsync(Folder["full"]))).Message);
        await RestoreAsync("after", "full");
        await AssertRefusedAsync("has a store of raft1@node1 of group default already", "full");
    }

    private static string StateOf(int first, int last) =>
        string.Concat(Enumerable.Range(first, last - first + 1).Select(number => $" {number}={number}"));

    private static async Task AppendAsync(RaftClient<string, int> client, int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            await AppendAsync(client, $"key{number}", $"{number}");
        }
    }

    private static async Task<Outcome<int>> AppendAsync(
        RaftClient<string, int> client, string key, string value, RequestKey? requestKey = null) =>
        (await client.AppendAsync(key, value, Guard, requestKey: requestKey)).OrThrow();

    private static async Task<Guid> IdentityOfAsync(RaftClient client) => (await client.StatusAsync()).Processes[0].Identity;

    private async Task RestoreAsync(string directory, params string[] files)
    {
        RaftRestore restore = new(Guid.NewGuid(), Members);
        foreach (var member in Members)
        {
            await restore.RunAsync([.. files.Select(file => Folder[file])], Folder[directory], member);
        }
    }

    private async Task AssertRefusedAsync(string why, params string[] files) =>
        Assert.Contains(why, (await Assert.ThrowsAsync<StoreException>(() => RestoreAsync("after", files))).Message);

    private RaftClient<string, int> Start(string directory, string settings)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            {{settings}}
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            raft {
              node = node1
              group = default
              roster = ["raft1@node1", "raft2@node1", "raft3@node1"]
              query-timeout = 30s
              tick-interval = 20ms
              heartbeat-interval = 60ms
              election-timeout { min = 200ms, max = 400ms }
              store { directory = "{{Folder[directory]}}", segment-size = 1MiB }
            }
            """);
        var system = ActorSystem.Create("backups", config);
        Own(system);
        foreach (var member in Members)
        {
            var watcher = CreateTestProbe();
            system.ActorOf(Props.Create(() => new StateRecorder(watcher)), member.Process);
        }

        return Raft.Get(system).CreateClient<string, int>();
    }

    private sealed class StateRecorder(IActorRef watcher) : SnapshotRecorder(watcher)
    {
        private readonly List<long> _eras = [0];

        protected override int HandleAppend(Entry<string> entry)
        {
            if (entry.Era != _eras[^1])
            {
                _eras.Add(entry.Era);
            }

            return base.HandleAppend(entry);
        }

        protected override object? HandleQuery(object question) => question is "eras" ? string.Join(' ', _eras) : State;
    }
}
