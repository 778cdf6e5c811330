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
    public void Process_that_was_started_again_is_where_it_was_heard_last_and_the_end_of_its_old_node_is_no_news()
    {
        var book = new Bench(this).Context.Peers;
        var again = CreateTestProbe();

        Assert.True(book.Learn(Raft2, Pid.FirstNumber, again));
        Assert.False(book.Mark(Raft2, Elsewhere, isReachable: false));

        Assert.Equal(again.Ref, book.FindReachable(Raft2));
    }

    [Fact]
    public void Process_whose_node_is_silent_is_out_of_reach_until_it_is_heard()
    {
        var bench = new Bench(this);
        var (book, engine) = (bench.Context.Peers, bench["raft2"].Ref);
        Assert.True(book.Mark(Raft2, engine.Path.Address, isReachable: false));
        Assert.Null(book.FindReachable(Raft2));

        Assert.True(book.Learn(Raft2, Pid.FirstNumber, engine));

        Assert.Equal(engine, book.FindReachable(Raft2));
    }
}
