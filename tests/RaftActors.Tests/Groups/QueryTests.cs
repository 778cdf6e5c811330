using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Wire;

namespace RaftActors.Tests.Groups;

/// <summary>Answers that are never older than their query, on any process. raft1 leads.</summary>
public sealed class QueryTests : TestKit
{
    private readonly VirtualGroup _group;

    public QueryTests()
        : base(VirtualGroup.Config) => _group = new VirtualGroup(this);

    [Theory]
    [InlineData("raft1")]
    [InlineData("raft2")]
    [InlineData("raft3")]
    public void Query_on_any_process_sees_an_append_that_has_just_ended_on_another(string asked)
    {
        _group.Found(4, 4);
        _group.Actors["raft2"].Tell(new Recorder.Append("key5", "value5"), TestActor);
        ExpectMsg<Outcome<int>.Done>();
        _group.Actors[asked].Tell(new Recorder.Query("how far?"), TestActor);
        _group.Settle();
        _group.Advance(2);

        ExpectMsg<QueryOutcome.Done>(done => Assert.Equal(new Serial(5), done.Result));
    }

    [Fact]
    public void Query_of_a_client_above_the_maximum_of_open_ones_is_declined_until_others_have_ended()
    {
        _group.Start("raft1", 4);
        var query = new ClientCall.Query(default, TimeSpan.FromMilliseconds(200), ReadConsistency.Linearizable);
        for (var i = 0; i < OpenQueries.MaxOfClients; i++)
        {
            _group.Call("raft1", query, ActorRefs.Nobody);
        }

        _group.Settle();
        _group.Call("raft1", query, TestActor);
        ExpectMsg<ClientReply.Declined>();

        _group.Advance(5);
        _group.Call("raft1", query with { Consistency = ReadConsistency.Local }, TestActor);
        ExpectMsg<QueryOutcome.Done>();
    }

    [Theory]
    [InlineData("raft1")]
    [InlineData("raft3")]
    public void Query_that_names_the_serial_of_an_append_sees_it_on_any_process(string asked)
    {
        _group.Found(4, 4);
        Ask(asked, ReadConsistency.NotOlderThan(new Serial(5)));
        _group.Advance(2);
        ExpectNoMsg(TimeSpan.Zero);

        _group.Actors["raft2"].Tell(new Recorder.Append("key5", "value5"), ActorRefs.NoSender);
        _group.Settle();
        _group.Advance(2);

        ExpectMsg<QueryOutcome.Done>(done => Assert.True((Serial)done.Result! >= new Serial(5)));
    }

    [Fact]
    public void Process_without_a_leader_answers_local_queries_and_those_for_serials_that_it_has()
    {
        _group.Found(4, 4);
        _group.StopEngine("raft1");
        _group.StopEngine("raft3");

        _group.AdvanceUntil("raft2", "leader lost");
        Ask("raft2", ReadConsistency.Local);
        Ask("raft2", ReadConsistency.NotOlderThan(new Serial(4)));
        Ask("raft2", ReadConsistency.NotOlderThan(new Serial(5)), TimeSpan.FromMilliseconds(200));

        ExpectMsg<QueryOutcome.Done>(done => Assert.Equal(new Serial(4), done.Result));
        ExpectMsg<QueryOutcome.Done>(done => Assert.Equal(new Serial(4), done.Result));
        ExpectNoMsg(TimeSpan.Zero);
        _group.Advance(4);
        ExpectMsg<QueryOutcome.Failed>();
    }

    private void Ask(string process, ReadConsistency consistency, TimeSpan? timeout = null)
    {
        _group.Actors[process].Tell(new Recorder.Query("how far?", timeout, consistency), TestActor);
        _group.Settle();
    }
}
