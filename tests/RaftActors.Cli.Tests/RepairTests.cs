using System.Runtime.Versioning;

namespace RaftActors.Cli.Tests;

/// <summary><c>raft log repair</c>: damaged stores are moved aside, and all others stay.</summary>
public sealed class RepairTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_store_starts_empty_and_the_others_of_its_log_stay_unchanged()
    {
        var (damaged, other) = (StoreFolder.OwnerOf(1), StoreFolder.OwnerOf(2));
        _folder.WritePairs(damaged, 3);
        _folder.WritePairs(other, 5);
        var before = (Damaged: Incarnation("raft1@a"), Other: Incarnation("raft2@b"));
        _folder.Damage("value2");

        var run = Run.Here("log", "repair", "--data", _folder.Path, "--yes");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("raft1@a of group ledger will start empty", run.Output);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "damaged-1/log/0000000001.wal")));
        var kept = _folder.Write(other);
        Assert.Equal((before.Other, 5), (kept.Incarnation.Value, kept.State.Log.Length));
        var anew = _folder.Write(damaged);
        Assert.True(anew.IsNew);
        Assert.NotEqual(before.Damaged, anew.Incarnation.Value);
        Assert.Equal(0, Run.Here("log", "verify", "--data", _folder.Path).Code);
    }

    [Fact]
    public void Snapshots_of_a_damaged_store_are_moved_too()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(2), 5);
        var snapshot = _folder.WriteSnapshot(StoreFolder.OwnerOf(1));
        _folder.Damage("", offset: 150_000, snapshot);

        var run = Run.Here("log", "repair", "--data", _folder.Path, "--yes");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "damaged-1", snapshot)));
        Assert.True(_folder.Write(StoreFolder.OwnerOf(1)).IsNew);
        Assert.Equal(5, _folder.Write(StoreFolder.OwnerOf(2)).State.Log.Length);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Store_that_other_users_can_write_to_is_repaired_or_recovered_only_if_that_is_allowed()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherWrite);
        string[] repair = ["log", "repair", "--data", _folder.Path];
        string[] recover = ["recover", "--data", _folder.Path, "--group", "ledger", "--process", "raft1@a", "--members", "raft1@a"];

        foreach (var command in (string[][])[repair, recover])
        {
            var refused = Run.Here(command);
            Assert.Equal(ExitCode.Failed, refused.Code);
            Assert.Contains($"other users can write to {_folder.Path}", refused.Error);
        }

        Assert.Contains("There is nothing to repair.", Run.Here([.. repair, "--allow-shared-directory"]).Output);
        Assert.DoesNotContain("other users", Run.Here([.. recover, "--allow-shared-directory"]).Error);
    }

    [Fact]
    public void Damage_without_a_readable_owner_moves_the_whole_log()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        _folder.WritePairs(StoreFolder.OwnerOf(2), 3);
        _folder.Damage("BTCH", offset: 9);

        var run = Run.Here("log", "repair", "--data", _folder.Path, "--yes");

        Assert.Equal(0, run.Code);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "log")));
        Assert.True(_folder.Write(StoreFolder.OwnerOf(1)).IsNew);
        Assert.True(_folder.Write(StoreFolder.OwnerOf(2)).IsNew);
    }

    [Fact]
    public void Repair_without_confirmation_changes_nothing()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        _folder.Damage("value2");

        var run = Run.Here("yes\n", ["log", "repair", "--data", _folder.Path]);

        Assert.Equal(1, run.Code);
        Assert.Contains("nothing was changed", run.Output);
        Assert.Empty(Directory.GetDirectories(_folder.Path, "damaged*"));
    }

    [Fact]
    public void Whole_log_needs_no_repair()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);

        var run = Run.Here("log", "repair", "--data", _folder.Path);

        Assert.Equal(0, run.Code);
        Assert.Contains("nothing to repair", run.Output);
        Assert.Equal(3, _folder.Write(StoreFolder.OwnerOf(1)).State.Log.Length);
    }

    private Guid Incarnation(string process) => Run.Here("log", "verify", "--data", _folder.Path, "--json").Objects
        .Single(item => item.TryGetProperty("process", out var name) && name.GetString() == process)
        .GetProperty("incarnation").GetGuid();
}
