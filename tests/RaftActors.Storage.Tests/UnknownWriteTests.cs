namespace RaftActors.Storage.Tests;

/// <summary>A write of an unknown kind is never acknowledged.</summary>
public sealed class UnknownWriteTests
{
    [Fact]
    public void Memory_store_refuses_an_unknown_write()
    {
        using var store = new MemoryStore();
        store.Open(Life.OwnerOf("a"), default, new Listener());

        Assert.Throws<UnreachableException>(() => store.Write(UnknownWrite.Make()));
    }

    [Fact]
    public void Log_fails_at_an_unknown_write_and_acknowledges_neither_it_nor_its_batch()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        var listener = new Listener(life.Told, "b ");
        var store = life.Directory.StoreOf(Life.OwnerOf("b"));
        store.Open(Life.OwnerOf("b"), default, listener);

        life.Queue("a", Life.Entry(1));
        store.Write(UnknownWrite.Make());
        life.Directory.WriteQueued();

        Assert.Equal(["a failed", "b failed"], life.Told);
        Assert.IsType<UnreachableException>(listener.Failure!.InnerException);
        Assert.Equal("0:", Life.Text(new Life(life.Kill()).Open()));
    }
}
