using RaftActors.Storage.Tools;

namespace RaftActors.Storage.Tests.Tools;

/// <summary>The start of a process and the tools agree about which files count.</summary>
public sealed class SameFilesTests : FolderTest
{
    public SameFilesTests()
    {
        using var directory = StoreDirectory.Open(Options);
        foreach (var name in (string[])["a", "b"])
        {
            using var store = directory.StoreOf(Life.OwnerOf(name));
            store.Open(Life.OwnerOf(name), default, new Listener());
            store.SaveSnapshot(Life.Snapshot(10), Life.Bytes(100, 1));
        }
    }

    private StoreOptions Options => new() { Directory = Folder["store"], FreeSpaceFloorBytes = 0 };

    [Fact]
    public void Snapshot_of_another_store_is_damage_for_the_start_and_for_each_tool()
    {
        File.Copy(SnapshotOf(1), SnapshotOf(2), overwrite: true);

        AssertAllRefuse($"it belongs to {Life.OwnerOf("a")}, not to {Life.OwnerOf("b")}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Latest_snapshot_with_another_name_is_damage_for_the_start_and_for_each_tool(bool hasIntactEarlier)
    {
        var file = SnapshotOf(2);
        File.Copy(file, file.Replace("10-", "12-", StringComparison.Ordinal));
        if (!hasIntactEarlier)
        {
            File.Delete(file);
        }

        AssertAllRefuse("it holds the snapshot up to 10/1 s10, which contradicts its name");
    }

    [Fact]
    public void File_of_another_program_is_refused_by_the_start_and_by_verify_and_repair_which_move_nothing()
    {
        var foreign = Path.Combine(Folder["store"], "log", "notes.txt");
        File.WriteAllText(foreign, "old");
        var refusal = $"{foreign} does not belong to a store, so nothing in the directory was changed. ";

        Assert.StartsWith(refusal, Refusal());
        Assert.StartsWith(refusal, Assert.Throws<StoreException>(() => LogVerify.Check(Folder["store"])).Message);
        Assert.StartsWith(
            refusal, Assert.Throws<StoreException>(() => LogRepair.Open(Folder["store"], isSharedAllowed: false)).Message);
    }

    // The start advises to repair, so the repair must find the same damage, and only that of the one store.
    private void AssertAllRefuse(string what)
    {
        Assert.Contains($"is damaged: {what}. Acknowledged entries may be missing", Refusal());
        Assert.Equal(what, Assert.Single(LogVerify.Check(Folder["store"]).Damages).Place.What);
        Assert.Equal(what, Assert.Single(LogDump.Read(Folder["store"]), item => item.State == StoreItem.Damaged).Detail);

        using (var repair = LogRepair.Open(Folder["store"], isSharedAllowed: false))
        {
            Assert.Equal([Life.OwnerOf("b")], repair.Report.Lost);
            repair.Apply();
        }

        Assert.Null(Refusal());
        Assert.True(File.Exists(SnapshotOf(1)));
    }

    private string SnapshotOf(int store) =>
        Assert.Single(Directory.GetFiles(Path.Combine(Folder["store"], "snapshots", $"{store}"), "*.snap"));

    private string? Refusal()
    {
        try
        {
            using var directory = StoreDirectory.Open(Options);
            using var store = directory.StoreOf(Life.OwnerOf("b"));
            store.Open(Life.OwnerOf("b"), default, new Listener());
            return null;
        }
        catch (StoreException e)
        {
            return e.Message;
        }
    }
}
