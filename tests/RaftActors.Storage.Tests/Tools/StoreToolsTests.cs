namespace RaftActors.Storage.Tests.Tools;

/// <summary>The tools of stopped stores, as other programs use them.</summary>
public sealed class StoreToolsTests : FolderTest
{
    [Fact]
    public void Store_is_forgotten_only_after_the_confirmation_of_a_plan_that_names_it()
    {
        Write();
        StoreItem? named = null;

        var refused = StoreTools.Forget(Folder["store"], Life.OwnerOf("a").Group, confirm: plan => Keep(plan, isConfirmed: false));
        var whole = StoreTools.Verify(Folder["store"]);
        var done = StoreTools.Forget(Folder["store"], Life.OwnerOf("a").Group, confirm: plan => Keep(plan, isConfirmed: true));

        Assert.Null(refused);
        Assert.Equal((Life.OwnerOf("a").Name, 2L), (named!.Process, named.Index));
        Assert.Equal((2L, "whole"), Assert.Single(whole.Stores) is var store ? (store.Index, store.State) : default);
        Assert.Equal(named, Assert.Single(done!.Stores));
        Assert.Empty(StoreTools.Verify(Folder["store"]).Stores);

        bool Keep(StoreReport plan, bool isConfirmed)
        {
            named = Assert.Single(plan.Stores);
            return isConfirmed;
        }
    }

    [Fact]
    public void Directory_stays_locked_while_a_repair_waits_for_its_confirmation()
    {
        Write();
        var file = Directory.GetFiles(Folder["store/log"]).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().IndexOf("key1"u8)] ^= 1;
        File.WriteAllBytes(file, bytes);

        var report = StoreTools.Repair(Folder["store"], plan =>
        {
            Assert.Throws<StoreException>(() => StoreTools.Verify(Folder["store"]));
            return Assert.Single(plan.Damages).Process == Life.OwnerOf("a").Name;
        });

        Assert.Equal("damaged", Assert.Single(report!.Stores).State);
        Assert.True(Directory.Exists(Path.Combine(report.KeptFolder!, "log")));
    }

    private void Write()
    {
        using var directory = StoreDirectory.Open(new StoreOptions { Directory = Folder["store"], FreeSpaceFloorBytes = 0 });
        using var store = directory.StoreOf(Life.OwnerOf("a"));
        store.Open(Life.OwnerOf("a"), [Life.Entry(1), Life.Entry(2)], new Listener());
    }
}
