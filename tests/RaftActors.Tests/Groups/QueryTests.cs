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

    private void Ask(string process, ReadConsistency consistency, TimeSpan? timeout = null)
    {
        _group.Actors[process].Tell(new Recorder.Query("how far?", timeout, consistency), TestActor);
        _group.Settle();
    }
}
