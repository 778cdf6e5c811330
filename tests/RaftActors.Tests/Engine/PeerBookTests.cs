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

    // Messages of the old engine may come after those of the new one, by another connection.
    [Fact]
    public void News_of_an_engine_that_was_replaced_is_ignored()
    {
        var bench = new Bench(this);
        var (book, before, after) = (bench.Context.Peers, bench["raft2"].Ref, CreateTestProbe());
        Assert.True(book.Learn(Raft2, after));
        Assert.True(book.LearnActor(Raft2, after, TestActor));

        book.MarkLeaving(Raft2, before);
        Assert.False(book.MarkStopped(Raft2, before));
        Assert.False(book.LearnActor(Raft2, before, before));

        Assert.Equal(after.Ref, book.FindServing(Raft2));
        Assert.Equal(TestActor, book.ActorOf(Raft2));
    }

    [Fact]
    public void Process_of_another_group_gets_no_requests_until_it_restarts()
    {
        var book = new Bench(this).Context.Peers;
        var again = CreateTestProbe();

        book.MarkOfOther(Raft2);
        Assert.Null(book.FindServing(Raft2));

        book.Learn(Raft2, again);
        Assert.Equal(again.Ref, book.FindServing(Raft2));
    }

    [Fact]
    public void Processes_that_no_configuration_names_are_met_up_to_the_bound_and_a_named_one_in_any_case()
    {
        var book = new Bench(this).Context.Peers;
        book.Named = [.. book.Names, new ProcessName("named@node")];
        List<ProcessName> refused = [];
        book.Refused = refused.Add;
        var before = book.Names.Count();

        foreach (var i in Enumerable.Range(0, 10 * PeerBook.StrangersMax))
        {
            book.Learn(Stranger(i), TestActor);
        }

        Assert.Equal(before + PeerBook.StrangersMax, book.Names.Count());
        Assert.Equal(9 * PeerBook.StrangersMax, refused.Count);
        Assert.True(book.Learn(new ProcessName("named@node"), TestActor));
        Assert.NotNull(book.FindReachable(Raft2));
    }

    [Fact]
    public void Unreachable_process_that_no_configuration_names_is_forgotten_for_another_one_and_a_named_one_never()
    {
        var book = new Bench(this).Context.Peers;
        book.Named = [.. book.Names];
        List<ProcessName> forgotten = [];
        book.Forgotten = forgotten.Add;
        var engine = book.Find(Raft2)!; // Justification: the bench has met it.
        book.MarkStopped(Raft2, engine);

        foreach (var i in Enumerable.Range(0, 10 * PeerBook.StrangersMax))
        {
            Assert.True(book.Learn(Stranger(i), TestActor));
            book.MarkStopped(Stranger(i), TestActor);
        }

        Assert.Equal(9 * PeerBook.StrangersMax, forgotten.Count);
        Assert.Equal(engine, book.Find(Raft2));
    }

    private static ProcessName Stranger(int number) => new($"stranger{number}@node");
}
