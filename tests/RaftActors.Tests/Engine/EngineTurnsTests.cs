using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

/// <summary>The turns of an engine, which record each message and its thread.</summary>
public sealed class EngineTurnsTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly TestProbe _mailbox;
    private readonly EngineTurns _turns;
    private readonly List<(object Message, int Thread)> _read = [];

    // Runs at the end of each turn.
    private Action<object> _during = _ => { };

    public EngineTurnsTests()
    {
        _mailbox = CreateTestProbe();
        _turns = new EngineTurns(_mailbox, TakeTurn);
    }

    [Fact]
    public void Idle_engine_reads_a_lane_on_the_thread_of_the_lane()
    {
        OpenLane();

        Assert.True(_turns.TryReceive(Message(1), TestActor, isFirst: false));

        Assert.Equal([(Message(1), Environment.CurrentManagedThreadId)], _read);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void First_message_of_a_lane_and_those_behind_it_wait_for_the_messages_in_the_mailbox()
    {
        _turns.TryReceive(Message(1), TestActor, isFirst: true);
        _turns.TryReceive(Message(2), TestActor, isFirst: false);
        Assert.Empty(_read);
        Assert.False(_turns.TryTake(ToSelf.Tick.OnTime));

        TakeAnnounced();

        Assert.Equal([Message(1), Message(2)], Messages);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Thread_in_the_engine_goes_on_with_what_a_lane_brings_meanwhile()
    {
        OpenLane();
        var thread = 0;
        _during = message =>
        {
            if (message is "turn")
            {
                thread = Environment.CurrentManagedThreadId;
                Run(() => Assert.True(_turns.TryReceive(Message(1), TestActor, isFirst: false)));
                Assert.Empty(_read);
            }
        };

        await Task.Run(() => _turns.Take("turn", TestActor)).WaitAsync(Guard);

        Assert.Equal([(Message(1), thread)], _read);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Thread_of_a_lane_leaves_the_rest_to_the_actor_when_others_keep_bringing_messages()
    {
        OpenLane();
        var brought = 1;
        _during = message =>
        {
            if (message is ToSelf.LaneTurn && brought < 8)
            {
                Run(() => _turns.TryReceive(Message(++brought), TestActor, isFirst: false));
            }
        };

        _turns.TryReceive(Message(1), TestActor, isFirst: false);
        Assert.Equal(4, _read.Count);

        TakeAnnounced();
        Assert.Equal(Enumerable.Range(1, brought).Select(Message), Messages);
    }

    [Fact]
    public void Busy_engine_takes_a_tick_from_its_mailbox_only()
    {
        _during = message =>
        {
            if (message is "turn")
            {
                Run(() => Assert.False(_turns.TryTake(ToSelf.Tick.OnTime)));
            }
        };

        _turns.Take("turn", TestActor);

        _during = _ => { };
        Assert.True(_turns.TryTake(ToSelf.Tick.OnTime));
    }

    [Fact]
    public void Failure_on_the_thread_of_a_lane_fails_the_next_turn_of_the_actor_and_no_turn_comes_between()
    {
        OpenLane();
        _during = _ => throw new InvalidOperationException("broken");

        Assert.True(_turns.TryReceive(Message(1), TestActor, isFirst: false));

        Assert.False(_turns.TryReceive(Message(2), TestActor, isFirst: false));
        Assert.False(_turns.TryTake(ToSelf.Tick.OnTime));
        _mailbox.ExpectMsg(ToSelf.LaneTurn.Announced);
        _during = _ => Assert.Fail("a broken engine took a turn");
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => _turns.Take("turn", TestActor)).Message);
    }

    [Fact]
    public void Engine_that_failed_in_a_turn_of_its_actor_takes_nothing_from_lanes()
    {
        OpenLane();
        _during = _ => throw new InvalidOperationException("broken");

        Assert.Throws<InvalidOperationException>(() => _turns.Take("turn", TestActor));

        Assert.False(_turns.TryReceive(Message(1), TestActor, isFirst: false));
    }

    [Fact]
    public void Engine_that_stopped_takes_nothing_from_lanes()
    {
        OpenLane();

        _turns.End();

        Assert.False(_turns.TryReceive(Message(1), TestActor, isFirst: false));
        Assert.False(_turns.TryTake(ToSelf.Tick.OnTime));
        Assert.Empty(_read);
    }

    private IEnumerable<WireMessage> Messages => _read.Select(each => (WireMessage)each.Message);

    private static WireMessage Message(int number) => new AppendReply.Discarded(new RequestId(default, number), "");

    // On another thread, to its end.
    private static void Run(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        Assert.True(thread.Join(Guard));
    }

    private void TakeTurn(object message, IActorRef sender)
    {
        if (message is ToSelf.LaneTurn turn)
        {
            if (turn == ToSelf.LaneTurn.Announced)
            {
                _turns.EndAnnouncement();
            }

            _turns.ReadLanes((read, _) => _read.Add((read, Environment.CurrentManagedThreadId)));
        }

        _during(message);
    }

    // The mailbox has no other message by then.
    private void OpenLane()
    {
        _turns.TryReceive(Message(0), TestActor, isFirst: true);
        TakeAnnounced();
        _read.Clear();
    }

    private void TakeAnnounced() => _turns.Take(_mailbox.ExpectMsg(ToSelf.LaneTurn.Announced), TestActor);
}
