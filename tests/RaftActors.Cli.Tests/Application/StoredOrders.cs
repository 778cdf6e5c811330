namespace RaftActors.Cli.Tests.Application;

/// <summary>The raft actor of an application that takes snapshots.</summary>
internal sealed class StoredOrders : RaftActor<string, int>, IRaftSnapshot<int>
{
    private int _count;

    public int TakeSnapshot(Serial serial) => _count;

    public void RestoreSnapshot(Serial serial, int state) => _count = state;

    protected override int HandleAppend(Entry<string> entry) => ++_count;
}
