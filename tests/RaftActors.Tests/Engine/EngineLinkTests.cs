using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

/// <summary>Messages of an actor to its engine, before the engine knows the actor's life and after the engine has stopped.</summary>
public sealed class EngineLinkTests : TestKit
{
    private readonly RaftProcess _process;
    private readonly TestProbe _actor;
    private readonly TestProbe _engine;

    public EngineLinkTests()
    {
        var bench = new Bench(this);
        (_process, _actor, _engine) = (bench.Process, bench.Actor, bench.Self);
    }

    [Fact]
    public void Messages_of_a_new_life_wait_until_the_engine_knows_that_life()
    {
        _process.Engine.Meet(_engine, 1);
        Get(life: 2);
        _engine.ExpectNoMsg(TimeSpan.Zero);
        Assert.Empty(Read(life: 1));

        _process.Engine.Meet(_engine, 2);

        _engine.ExpectMsg<ToEngine.ReadInbox>();
        Assert.IsType<ToEngine.Get>(Assert.Single(Read(life: 2)));
    }

    [Fact]
    public void Append_of_a_life_that_never_met_the_engine_is_read_with_the_next_and_its_get_is_not()
    {
        Get(life: 1);
        var append = Append(life: 1);

        _process.Engine.Meet(_engine, 2);

        _engine.ExpectMsg<ToEngine.ReadInbox>();
        Assert.Equal([append], Read(life: 2));
    }

    [Fact]
    public void Engine_is_sent_one_message_for_all_unread_ones()
    {
        _process.Engine.Meet(_engine, 1);
        var appends = Enumerable.Range(0, 1000).Select(_ => Append(life: 1)).ToArray();

        _engine.ExpectMsg<ToEngine.ReadInbox>();
        _engine.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(appends, Read(life: 1));
        Assert.False(_process.Inbox.EndReading(life: 1));
        Append(life: 1);
        _engine.ExpectMsg<ToEngine.ReadInbox>();
    }

    [Fact]
    public void Engine_that_leaves_messages_unread_reads_on_without_a_message_of_the_actor()
    {
        _process.Engine.Meet(_engine, 1);
        Append(life: 1);
        var second = Append(life: 1);
        _engine.ExpectMsg<ToEngine.ReadInbox>();
        Assert.True(_process.Inbox.TryTake(1, out _));

        Assert.True(_process.Inbox.EndReading(life: 1));

        var third = Append(life: 1);
        _engine.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal([second, third], Read(life: 1));
    }

    [Fact]
    public void Lost_engine_ends_the_appends_that_it_did_not_read()
    {
        _process.Engine.Meet(_engine, 1);
        Append(life: 1);
        Append(life: 1);
        Assert.Equal(2, Read(life: 1).Count);
        var unread = Append(life: 1);

        _process.Engine.Lose(_actor, 1);
        _process.Engine.Lose(_actor, 1);

        Assert.Equal(unread.Request, _actor.ExpectMsg<ToActor.Cancelled>().Request);
        _actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Requests_after_the_loss_of_the_engine_end_through_the_actors_mailbox()
    {
        _process.Engine.Lose(_actor, 3);

        var append = Append(life: 3);
        Get(life: 3);

        var appended = _actor.ExpectMsg<ToActor.Cancelled>();
        Assert.Equal((ToActor.AnyLife, append.Request), (appended.Life, appended.Request));
        Assert.IsType<CancelReason.NotCommitted>(appended.Reason);
        var got = _actor.ExpectMsg<ToActor.Cancelled>();
        Assert.Equal((3, new CancelReason.Unavailable()), (got.Life, got.Reason));
    }

    [Fact]
    public void Change_and_query_end_when_the_engine_is_lost()
    {
        _process.Engine.Meet(_engine, 1);
        var unread = Change(life: 1);
        _process.Engine.Lose(_actor, 1);
        var late = Change(life: 1);
        var query = new ToEngine.Query(_process.NewRequest(), TimeSpan.FromSeconds(1), default);
        _process.Engine.Tell(query, _actor, 1);

        ExpectMsg<Outcome<Membership>.NotCommitted>(refused => Assert.Equal(unread.Request, refused.Request));
        ExpectMsg<Outcome<Membership>.NotCommitted>(refused => Assert.Equal(late.Request, refused.Request));
        _actor.ExpectMsg(new ToActor.Cancelled(1, query.Request, new CancelReason.Unavailable()));
    }

    [Fact]
    public void Change_of_a_life_that_never_met_the_engine_is_read_with_the_next()
    {
        var change = Change(life: 1);

        _process.Engine.Meet(_engine, 2);

        _engine.ExpectMsg<ToEngine.ReadInbox>();
        Assert.Equal([change], Read(life: 2));
    }

    private List<ToEngine> Read(long life)
    {
        List<ToEngine> read = [];
        while (_process.Inbox.TryTake(life, out var message))
        {
            read.Add(message);
        }

        return read;
    }

    private ToEngine.Change Change(long life)
    {
        var transfer = new GroupChange.Transfer(null);
        var change = new ToEngine.Change(_process.NewRequest(), transfer, TimeSpan.FromSeconds(1), TestActor);
        _process.Engine.Tell(change, _actor, life);
        return change;
    }

    private ToEngine.Append Append(long life)
    {
        var append = new ToEngine.Append(_process.NewRequest(), "key", new byte[] { 0 }, TimeSpan.FromSeconds(1));
        _process.Engine.Tell(append, _actor, life);
        return append;
    }

    private void Get(long life) =>
        _process.Engine.Tell(new ToEngine.Get(_process.NewRequest(), new Serial(1), TimeSpan.FromSeconds(1)), _actor, life);
}
