namespace RaftActors.Cli.Tests;

/// <summary><c>raft recover</c> on the stores of two of five voters. Storage.Tests check that Core accepts the result.</summary>
public sealed class RecoverTests : IDisposable
{
    private readonly StoreFolder _one = new();
    private readonly StoreFolder _other = new();

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Survivors_get_the_same_group_identity_and_keep_their_entries()
    {
        MakeGroup();

        var runs = (Recover(_one, 1), Recover(_other, 2));

        Assert.Equal((0, "", 0, ""), (runs.Item1.Code, runs.Item1.Error, runs.Item2.Code, runs.Item2.Error));
        var (one, other) = (_one.Write(StoreFolder.OwnerOf(1)).State, _other.Write(StoreFolder.OwnerOf(2)).State);
        Assert.Equal((3, 5), (one.Log.Length, other.Log.Length));
        Assert.NotEqual(StoreFolder.Group, one.HardState.Group);
        Assert.Equal(one.HardState.Group, other.HardState.Group);
        Assert.Equal($"{ConfigurationOf(one)}", $"{ConfigurationOf(other)}");
        Assert.Equal(one.HardState.Group, ConfigurationOf(one).Group);
        Assert.True(File.Exists(Path.Combine(_one.Path, "before-recover-1/log/0000000001.wal")));
        Assert.Equal(0, Run.Here("log", "verify", "--data", _one.Path).Code);
    }

    [Fact]
    public void Snapshot_gets_the_new_group_identity_and_the_old_one_is_kept()
    {
        var position = new LogPosition(new LogIndex(3), new Term(1), new Serial(2), 0);
        MakeGroup(configuration => new Snapshot(position, new LogIndex(1), configuration, [], 100_000));

        var run = Recover(_one, 1);

        Assert.Equal((0, ""), (run.Code, run.Error));
        var state = _one.Write(StoreFolder.OwnerOf(1)).State;
        Assert.Equal((state.HardState.Group, 100_000), (state.Snapshot!.Configuration.Group, state.Snapshot.Length));
        Assert.Single(Directory.GetFiles(Path.Combine(_one.Path, "before-recover-1/snapshots"), "*.snap", SearchOption.AllDirectories));
        Assert.Equal(0, Run.Here("log", "verify", "--data", _one.Path).Code);
    }

    // A crash after a snapshot is saved leaves the one before.
    [Fact]
    public void Latest_snapshot_gets_the_new_group_identity_although_an_earlier_one_is_left()
    {
        var earlier = new LogPosition(new LogIndex(2), new Term(1), new Serial(1), 0);
        var latest = new LogPosition(new LogIndex(3), new Term(1), new Serial(2), 0);
        MakeGroup(configuration => new Snapshot(earlier, new LogIndex(1), configuration, [], 1000));
        var file = Directory.GetFiles(_one.Path, "*.snap", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        var snapshot = _one.Write(StoreFolder.OwnerOf(1)).State.Snapshot! with { Position = latest }; // Justification: it has one.
        _one.Write(StoreFolder.OwnerOf(1), snapshot: snapshot);
        File.WriteAllBytes(file, bytes);

        var run = Recover(_one, 1);

        Assert.Equal((0, ""), (run.Code, run.Error));
        var state = _one.Write(StoreFolder.OwnerOf(1)).State;
        Assert.Equal((latest, state.HardState.Group), (state.Snapshot!.Position, state.Snapshot.Configuration.Group));
    }

    [Fact]
    public void Second_recovery_completes_one_that_crashed_between_log_and_snapshot()
    {
        var position = new LogPosition(new LogIndex(3), new Term(1), new Serial(2), 0);
        MakeGroup(configuration => new Snapshot(position, new LogIndex(1), configuration, [], 1000));
        Recover(_one, 1);
        var group = _one.Write(StoreFolder.OwnerOf(1)).State.HardState.Group;
        var old = Directory.GetFiles(Path.Combine(_one.Path, "before-recover-1/snapshots"), "*.snap", SearchOption.AllDirectories).Single();
        File.Copy(old, Path.Combine(_one.Path, Path.GetRelativePath(Path.Combine(_one.Path, "before-recover-1"), old)), overwrite: true);

        var run = Recover(_one, 1);

        Assert.Equal((0, ""), (run.Code, run.Error));
        var state = _one.Write(StoreFolder.OwnerOf(1)).State;
        Assert.Equal((group, group), (state.HardState.Group, state.Snapshot!.Configuration.Group));
    }

    [Fact]
    public void Old_segments_left_by_a_crash_have_no_effect()
    {
        MakeGroup();
        Recover(_one, 1);
        var before = Run.Here("log", "verify", "--data", _one.Path, "--json").Objects.First().ToString();
        File.Copy(Path.Combine(_one.Path, "before-recover-1/log/0000000001.wal"), Path.Combine(_one.Path, "log/0000000001.wal"));

        Assert.Equal(before, Run.Here("log", "verify", "--data", _one.Path, "--json").Objects.First().ToString());
        Assert.Equal(3, _one.Write(StoreFolder.OwnerOf(1)).State.Log.Length);
    }

    [Fact]
    public void Ctrl_C_at_the_confirmation_changes_nothing()
    {
        MakeGroup();

        var run = Run.Interrupted("to recover it: ", Arguments(_one, 1));

        Assert.Equal((130, ""), (run.Code, run.Error));
        Assert.Empty(Directory.GetDirectories(_one.Path, "before*"));
    }

    [Fact]
    public void Other_stores_of_the_same_directory_stay_unchanged()
    {
        MakeGroup();
        _one.WritePairs(StoreFolder.OwnerOf(1, "another"), 4);
        var before = _one.Write(StoreFolder.OwnerOf(1, "another"));

        Recover(_one, 1);

        var after = _one.Write(StoreFolder.OwnerOf(1, "another"));
        Assert.Equal((before.Incarnation, 4), (after.Incarnation, after.State.Log.Length));
    }

    [Fact]
    public void Recovery_shows_its_plan_and_needs_the_name_of_the_group_as_confirmation()
    {
        MakeGroup();

        var refused = Run.Here("y\n", Arguments(_one, 1));
        var done = Run.Here("ledger\n", Arguments(_one, 1));

        Assert.Equal((1, 0), (refused.Code, done.Code));
        Assert.Contains("raft3@c raft4@d raft5@e", refused.Output);
        Assert.Contains("Never recover because a network is cut", refused.Output);
        Assert.Contains("nothing was changed", refused.Output);
    }

    [Fact]
    public void Recovery_of_all_groups_recovers_those_that_lost_their_majority()
    {
        var position = new LogPosition(new LogIndex(3), new Term(1), new Serial(2), 0);
        MakeGroup(group: "ledger");
        MakeGroup(configuration => new Snapshot(position, new LogIndex(1), configuration, [], 1000), group: "stock");
        MakeGroup(group: "small", voters: 3);
        _one.WritePairs(StoreFolder.OwnerOf(1, "never"), 2);

        var runs = (RecoverAll(_one, "--yes"), RecoverAll(_other, "--yes"));

        Assert.Equal((0, "", 0, ""), (runs.Item1.Code, runs.Item1.Error, runs.Item2.Code, runs.Item2.Error));
        Assert.Contains("raft1@a of group small stays unchanged", runs.Item1.Output);
        Assert.Contains("raft1@a of group never stays unchanged", runs.Item1.Output);
        foreach (var group in (string[])["ledger", "stock"])
        {
            var one = _one.Write(StoreFolder.OwnerOf(1, group)).State;
            Assert.NotEqual(StoreFolder.Group, one.HardState.Group);
            Assert.Equal(one.HardState.Group, _other.Write(StoreFolder.OwnerOf(2, group)).State.HardState.Group);
            Assert.Equal(one.HardState.Group, (one.Snapshot?.Configuration ?? ConfigurationOf(one)).Group);
        }

        Assert.Equal(StoreFolder.Group, _one.Write(StoreFolder.OwnerOf(1, "small")).State.HardState.Group);
        Assert.Equal(2, _one.Write(StoreFolder.OwnerOf(1, "never")).State.Log.Length);
        Assert.Single(Directory.GetDirectories(_one.Path, "before-recover-*"));
        Assert.Equal(0, Run.Here("log", "verify", "--data", _one.Path).Code);
        Assert.Contains("There is nothing to recover.", RecoverAll(_one).Output);
    }

    [Fact]
    public void Recovery_of_all_groups_tells_which_one_it_leaves()
    {
        MakeGroup(group: "ledger");
        MakeGroup(group: "stock");
        _one.Write(StoreFolder.OwnerOf(1, "stock"), _ => new Effect.Persist(
            new Ticket(1),
            new HardState(new Term(1), null, []) { IsAdmitted = true, Group = StoreFolder.Group, Fence = Fence.RestoredDisk },
            default));

        var run = RecoverAll(_one, "--yes");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("raft1@a of group stock is not recovered. raft1@a of group stock is fenced", run.Output);
        Assert.Equal(StoreFolder.Group, _one.Write(StoreFolder.OwnerOf(1, "stock")).State.HardState.Group);
        Assert.NotEqual(StoreFolder.Group, _one.Write(StoreFolder.OwnerOf(1, "ledger")).State.HardState.Group);
    }

    [Fact]
    public void Recovery_of_all_groups_shows_each_plan_and_needs_a_confirmation()
    {
        MakeGroup(group: "ledger");
        MakeGroup(group: "stock");

        var refused = Run.Here("ledger\n", ["recover", "--data", _one.Path, "--all", "--nodes", "a,b"]);

        Assert.Equal(1, refused.Code);
        Assert.Contains("raft1@a of group ledger:", refused.Output);
        Assert.Contains("raft1@a of group stock:", refused.Output);
        Assert.Contains("Type 'recover' to recover 2 stores: ", refused.Output);
        Assert.Equal(StoreFolder.Group, _one.Write(StoreFolder.OwnerOf(1)).State.HardState.Group);
        Assert.Equal(0, Run.Here("recover\n", ["recover", "--data", _one.Path, "--all", "--nodes", "a,b"]).Code);
    }

    [Theory]
    [InlineData("--all")]
    [InlineData("--nodes", "a,b")]
    [InlineData("--group", "ledger", "--process", "raft1@a")]
    [InlineData("--all", "--nodes", "a,b", "--group", "ledger")]
    public void Recovery_needs_one_group_or_all_of_them(params string[] arguments)
    {
        MakeGroup();

        var run = Run.Here(["recover", "--data", _one.Path, .. arguments, "--yes"]);

        Assert.Equal(2, run.Code);
        Assert.Contains("--all and --nodes for all groups", run.Error);
    }

    [Theory]
    [InlineData("raft2@b,raft3@c", "raft1@a is not among the survivors")]
    [InlineData("raft1@a,raft2@b,raft3@c", "A majority of the voters survives")]
    [InlineData("raft1@a,raft9@z", "raft9@z is not in the latest configuration")]
    public void Invalid_survivors_are_refused(string members, string reason)
    {
        MakeGroup();

        var run = Run.Here(
            "recover", "--data", _one.Path, "--group", "ledger", "--process", "raft1@a", "--members", members, "--yes");

        Assert.Equal(1, run.Code);
        Assert.Contains(reason, run.Error);
        Assert.Equal(StoreFolder.Group, _one.Write(StoreFolder.OwnerOf(1)).State.HardState.Group);
    }

    [Fact]
    public void Missing_store_is_refused_with_a_list_of_the_present_ones()
    {
        MakeGroup();

        var run = Run.Here("recover", "--data", _one.Path, "--group", "other", "--process", "raft1@a", "--members", "raft1@a", "--yes");

        Assert.Equal(1, run.Code);
        Assert.Contains("has no store of raft1@a of group other. It has those of raft1@a of group ledger", run.Error);
    }

    private static Configuration ConfigurationOf(InitialState state) => ((Payload.Reconfigure)state.Log[0].Payload).Configuration;

    private static Run Recover(StoreFolder folder, int number) => Run.Here([.. Arguments(folder, number), "--yes"]);

    private static Run RecoverAll(StoreFolder folder, params string[] options) =>
        Run.Here(["recover", "--data", folder.Path, "--all", "--nodes", "a, b", .. options]);

    private static string[] Arguments(StoreFolder folder, int number) =>
    [
        "recover", "--data", folder.Path, "--group", "ledger", "--process", $"{StoreFolder.Names[number - 1]}",
        "--members", "raft1@a, raft2@b",
    ];

    /// <summary>Writes two stores of a group of five. The second store has two more entries.</summary>
    private void MakeGroup(Func<Configuration, Snapshot>? snapshotOf = null, string group = "ledger", int voters = 5)
    {
        var (first, second) = (StoreFolder.OwnerOf(1, group), StoreFolder.OwnerOf(2, group));
        var (one, other) = (_one.Write(first).Incarnation, _other.Write(second).Incarnation);
        ImmutableArray<Member> members =
        [
            StoreFolder.MemberOf(1, one),
            StoreFolder.MemberOf(2, other),
            .. new[] { 3, 4, 5 }.Select(number => StoreFolder.MemberOf(number, new Incarnation(new Guid(number, 0, 0, new byte[8])))),
        ];
        var configuration = new Configuration(StoreFolder.Group, voters, members[..voters], [], [], []);
        Fill(_one, first, configuration, snapshotOf?.Invoke(configuration), 1, 1, 1);
        Fill(_other, second, configuration, null, 1, 1, 1, 2, 2);
    }

    private static void Fill(StoreFolder folder, StoreOwner owner, Configuration configuration, Snapshot? snapshot, params long[] terms)
    {
        var state = new HardState(new Term(terms[^1]), null, []) { IsAdmitted = true, Group = StoreFolder.Group };
        folder.Write(owner, _ => new Effect.Persist(new Ticket(1), state, StoreFolder.Entries(configuration, terms)), snapshot);
    }
}
