namespace RaftActors.Cli.Tests;

/// <summary><c>raft log forget</c>: the store of one group is empty afterwards, and all others stay.</summary>
public sealed class ForgetTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Store_of_one_group_starts_empty_and_the_others_of_the_node_stay_unchanged()
    {
        var (orders, carts) = (StoreFolder.OwnerOf(1, "orders"), StoreFolder.OwnerOf(1, "carts"));
        var snapshot = _folder.WriteSnapshot(orders);
        _folder.WritePairs(carts, 5);

        var run = Run.Here("orders\n", ["log", "forget", "orders", "--data", _folder.Path]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("raft1@a of group orders will start empty: it forgets its snapshots, the entries up to 3,", run.Output);
        Assert.False(File.Exists(Path.Combine(_folder.Path, snapshot)));
        Assert.Contains("forgotten", Run.Here("log", "dump", "--data", _folder.Path).Output);
        Assert.True(_folder.Write(orders).IsNew);
        Assert.Equal((false, 5), _folder.Write(carts) is var kept ? (kept.IsNew, kept.State.Log.Length) : default);
        Assert.Equal(0, Run.Here("log", "verify", "--data", _folder.Path).Code);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("led")]
    public void Nothing_changes_without_confirmation(string answer)
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);

        var run = Run.Here($"{answer}\n", ["log", "forget", "ledger", "--data", _folder.Path]);

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("nothing was changed", run.Output);
        Assert.Equal(3, _folder.Write(StoreFolder.OwnerOf(1)).State.Log.Length);
    }

    [Fact]
    public void Unknown_group_and_several_processes_of_a_group_are_refused_with_the_stores_of_the_directory()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        _folder.WritePairs(StoreFolder.OwnerOf(2), 3);
        string[] forget = ["log", "forget", "--data", _folder.Path, "--yes"];

        var unknown = Run.Here([.. forget, "orders"]);
        var several = Run.Here([.. forget, "ledger"]);
        var one = Run.Here([.. forget, "ledger", "--process", "raft2@b"]);

        const string all = "It has those of raft1@a of group ledger, raft2@b of group ledger.";
        Assert.Contains($"has no store of group orders. {all} Name one of them.", unknown.Error);
        Assert.Contains($"has more than one store of group ledger. {all} Name the process.", several.Error);
        Assert.Equal((0, ""), (one.Code, one.Error));
        Assert.Equal((false, true), (_folder.Write(StoreFolder.OwnerOf(1)).IsNew, _folder.Write(StoreFolder.OwnerOf(2)).IsNew));
    }

    [Fact]
    public void Damaged_store_is_forgotten_and_is_no_damage_afterwards()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        _folder.WritePairs(StoreFolder.OwnerOf(1, "orders"), 3);
        _folder.Damage("value2");
        Assert.Equal(ExitCode.Failed, Run.Here("log", "verify", "--data", _folder.Path).Code);

        Assert.Equal(0, Run.Here("log", "forget", "ledger", "--data", _folder.Path, "--yes").Code);

        Assert.Equal(0, Run.Here("log", "verify", "--data", _folder.Path).Code);
        Assert.True(_folder.Write(StoreFolder.OwnerOf(1)).IsNew);
    }
}
