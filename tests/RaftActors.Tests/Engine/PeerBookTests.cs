using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class PeerBookTests : TestKit
{
    private static readonly ProcessName Raft2 = Bench.NameOf("raft2");
    private static readonly Address Elsewhere = new("akka.tcp", "demo", "host9", 2551);

    [Fact]
    public void Restarted_process_has_its_latest_address_and_the_end_of_its_old_node_is_ignored()
    {
        var book = new Bench(this).Context.Peers;
        var again = CreateTestProbe();

        Assert.True(book.Learn(Raft2, again));
        Assert.False(book.Mark(Raft2, Elsewhere, isReachable: false));

        Assert.Equal(again.Ref, book.FindReachable(Raft2));
    }

    [Fact]
    public void Process_of_a_silent_node_is_unreachable_until_a_message_comes()
    {
        var bench = new Bench(this);
        var (book, engine) = (bench.Context.Peers, bench["raft2"].Ref);
        Assert.True(book.Mark(Raft2, engine.Path.Address, isReachable: false));
        Assert.Null(book.FindReachable(Raft2));

        Assert.True(book.Learn(Raft2, engine));

        Assert.Equal(engine, book.FindReachable(Raft2));
    }
}
