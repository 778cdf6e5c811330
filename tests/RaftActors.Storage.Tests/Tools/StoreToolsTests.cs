using RaftActors.Storage.Tests.Log;

namespace RaftActors.Storage.Tests.Tools;

/// <summary>The tools of stopped stores, as other programs use them.</summary>
public sealed class StoreToolsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Store_is_forgotten_only_after_the_confirmation_of_a_plan_that_names_it()
    {
        Write();
        StoreItem? named = null;

        var refused = StoreTools.Forget(_folder["store"], Life.OwnerOf("a").Group, confirm: plan => Keep(plan, isConfirmed: false));
        var whole = StoreTools.Verify(_folder["store"]);
        var done = StoreTools.Forget(_folder["store"], Life.OwnerOf("a").Group, confirm: plan => Keep(plan, isConfirmed: true));

        Assert.Null(refused);
        Assert.Equal((Life.OwnerOf("a").Name, 2L), (named!.Process, named.Index));
        Assert.Equal((2L, "whole"), Assert.Single(whole.Stores) is var store ? (store.Index, store.State) : default);
        Assert.Equal(named, Assert.Single(done!.Stores));
        Assert.Empty(StoreTools.Verify(_folder["store"]).Stores);

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
        var file = Directory.GetFiles(_folder["store/log"]).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().IndexOf("key1"u8)] ^= 1;
        File.WriteAllBytes(file, bytes);

        var report = StoreTools.Repair(_folder["store"], plan =>
        {
            Assert.Throws<StoreException>(() => StoreTools.Verify(_folder["store"]));
            return Assert.Single(plan.Damages).Process == Life.OwnerOf("a").Name;
        });

        Assert.Equal("damaged", Assert.Single(report!.Stores).State);
        Assert.True(Directory.Exists(Path.Combine(report.KeptFolder!, "log")));
    }

    private void Write()
    {
        using var directory = StoreDirectory.Open(new StoreOptions { Directory = _folder["store"], FreeSpaceFloorBytes = 0 });
        using var store = directory.StoreOf(Life.OwnerOf("a"));
        store.Open(Life.OwnerOf("a"), [Life.Entry(1), Life.Entry(2)], new Listener());
    }
}
