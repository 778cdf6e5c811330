using System.Diagnostics.Metrics;

using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Effects.Tests;

/// <summary>One shop in a scripted group. Its handlers end when the test says so, and time goes on when the test says so.</summary>
public sealed class OutboxTests : TestKit
{
    private readonly TestProbe _asked;
    private readonly TestProbe _world;
    private readonly ScriptedGroup<ShopValue> _group;

    public OutboxTests()
        : base("""
            akka.loglevel = DEBUG
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            """)
    {
        Raft.Get(Sys).UseJson(ShopJson.Default);
        _asked = CreateTestProbe();
        _world = CreateTestProbe();
        _group = new ScriptedGroup<ShopValue>(Sys, _asked);
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Effect_runs_once_on_the_leader_and_ends_by_a_pair()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("hello"));

        Begin();
        var attempt = NextAttempt();
        Assert.Equal(new RaftEffect<string>("a", "hello", Number: 1 << 11, Attempt: 1, Token: 2), attempt.Effect);
        attempt.End.SetResult();
        CommitEnd();

        Assert.Equal(["a/hello: done"], StateOf(shop).Ended);
        Assert.Empty(StateOf(shop).Outbox.Effects);
        ExpectNoAttempt(shop);
    }

    [Fact]
    public void Effects_of_one_name_run_one_after_the_other_and_those_of_others_beside_them()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1", "2"));
        _group.Commit("b", new Order("3"));

        Begin();
        var first = NextAttempt();
        Assert.Equal(("a", "1"), (first.Effect.Name, first.Effect.Value));
        Assert.Equal("3", NextAttempt().Effect.Value);
        first.End.SetResult();
        var end = _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        ExpectNoAttempt(shop);
        _group.Commit(end);

        Assert.Equal(("2", first.Effect.Number + 1), (NextAttempt() is var next ? next.Effect.Value : "", next.Effect.Number));
    }

    [Fact]
    public void A_name_waits_while_the_most_handlers_run()
    {
        var shop = StartLeader(new() { ParallelMax = 1 });
        _group.Commit("a", new Order("1"));
        _group.Commit("b", new Order("2"));

        Begin();
        var first = NextAttempt();
        ExpectNoAttempt(shop);
        Fail(first);

        // A pause takes no place.
        Assert.Equal("2", NextAttempt().Effect.Value);
    }

    [Fact]
    public void Failed_attempt_is_repeated_after_a_growing_pause()
    {
        StartLeader(new() { FirstPause = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromSeconds(5) });
        _group.Commit("a", new Order("1"));
        Begin();
        var attempt = NextAttempt();
        foreach (var pause in (int[])[2, 4, 5, 5])
        {
            Fail(attempt, $"is tried again in 00:00:0{pause}");
            Clock.Advance(TimeSpan.FromSeconds(pause));
            var next = NextAttempt();
            Assert.Equal(attempt.Effect with { Attempt = attempt.Effect.Attempt + 1 }, next.Effect);
            attempt = next;
        }
    }

    [Fact]
    public void Effect_fails_for_good_after_its_attempts_or_by_a_final_exception()
    {
        var shop = StartLeader(new() { AttemptsMax = 2, IsFinal = cause => cause is ArgumentException });
        _group.Commit("a", new Order("1", "2", "3"));
        Begin();
        Fail(NextAttempt());
        Clock.Advance(TimeSpan.FromSeconds(1));
        NextAttempt().End.SetException(new InvalidOperationException("no receiver"));
        CommitEnd();
        NextAttempt().End.SetException(new ArgumentException("no address"));
        CommitEnd();
        NextAttempt().End.SetCanceled();

        Assert.Equal(["a/1: InvalidOperationException: no receiver", "a/2: ArgumentException: no address"], StateOf(shop).Ended);
    }

    [Fact]
    public void Lost_leadership_cancels_handlers_and_the_next_one_repeats_them_with_a_higher_token()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1"));
        Begin();
        var former = NextAttempt();

        _group.ElectPeer();
        Assert.True(former.Cancelled.WaitHandle.WaitOne(TimeSpan.FromSeconds(10)));
        former.End.SetCanceled();
        _group.ElectActor();
        var begin = _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        ExpectNoAttempt(shop);
        _group.Commit(begin);

        Assert.Equal(former.Effect with { Token = 3 }, NextAttempt().Effect);
    }

    [Fact]
    public void Handler_waits_for_the_pair_of_its_own_leadership()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1"));
        var begin = _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        _group.Commit("outbox", new MailEnded(new EffectEnd(0)));
        ExpectNoAttempt(shop);
        _group.Commit(begin);

        Assert.Equal(3, NextAttempt().Effect.Token);
    }

    [Fact]
    public void Leader_takes_a_higher_token_when_a_later_one_may_have_been_used()
    {
        StartLeader();
        _group.Commit("a", new Order("1"));
        Begin();
        var former = NextAttempt();
        _group.Commit("outbox", new MailEnded(new EffectEnd(0)));
        Begin();

        Assert.Equal(former.Effect with { Token = 4 }, NextAttempt().Effect);
        Assert.True(former.Cancelled.IsCancellationRequested);
    }

    [Fact]
    public void Next_effect_waits_for_the_handler_of_one_that_an_earlier_leader_has_ended()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1", "2", "3"));
        Begin();
        var first = NextAttempt();
        _group.Commit("outbox", new MailEnded(new EffectEnd(first.Effect.Number)));
        ExpectNoAttempt(shop);
        Fail(first, "");
        var second = NextAttempt();
        Assert.Equal("2", second.Effect.Value);

        // One that waits for its next attempt has no handler.
        Fail(second);
        _group.Commit("outbox", new MailEnded(new EffectEnd(second.Effect.Number)));
        Assert.Equal("3", NextAttempt().Effect.Value);
    }

    [Fact]
    public void Restarted_actor_repeats_the_effect_and_drops_what_its_former_life_reports()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1"));
        Begin();
        var former = NextAttempt();

        shop.Tell(new InvalidOperationException("a restart by the supervisor"));
        Assert.True(former.Cancelled.WaitHandle.WaitOne(TimeSpan.FromSeconds(10)));
        former.End.SetResult();
        Begin();

        var attempt = NextAttempt();
        Assert.Equal(former.Effect with { Token = 3 }, attempt.Effect);
        shop.Tell(new OutboxTurn(TestActor) { Name = "a", End = new EffectEnd(attempt.Effect.Number, "by a former runner") });
        attempt.End.SetResult();
        Assert.Null(CommitEnd().Failure);
    }

    [Fact]
    public void Outbox_begins_anew_when_its_runner_has_restarted()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1"));
        Begin();
        var former = NextAttempt();
        Sys.ActorSelection(shop.Path / "*").Tell(new Identify(0), TestActor);
        ((IInternalActorRef)ExpectMsg<ActorIdentity>().Subject).Restart(new InvalidOperationException("a defect of the runner"));
        Begin();

        Assert.Equal(former.Effect with { Token = 3 }, NextAttempt().Effect);
        Assert.True(former.Cancelled.IsCancellationRequested);
    }

    [Fact]
    public void Snapshot_has_the_effects_in_their_order()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1", "2"));
        Begin();
        NextAttempt();
        var state = StateOf(shop);
        _group.SendSnapshot(new Serial(9), state);
        Begin();
        NextAttempt().End.SetResult();
        CommitEnd();

        Assert.Equal("2", NextAttempt().Effect.Value);
        Assert.Equal(state.Outbox.Effects[1], Assert.Single(StateOf(shop).Outbox.Effects));
    }

    [Fact]
    public void Client_cannot_end_an_effect()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1"));
        Begin();
        var effect = StateOf(shop).Outbox.Effects.Single();
        Entry<ShopValue> end = new(new Serial(2), "outbox", new MailEnded(new EffectEnd(effect.Number)));

        shop.Tell(end with { Client = new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]) });
        Assert.Equal(effect, Assert.Single(StateOf(shop).Outbox.Effects));
        shop.Tell(end);
        Assert.Empty(StateOf(shop).Outbox.Effects);
    }

    // After a restore of the group, serials come again in another era.
    [Fact]
    public void Numbers_and_tokens_are_those_of_stamps()
    {
        var shop = StartLeader();
        shop.Tell(new Entry<ShopValue>(new Serial(3), "a", new Order("1")) { Era = 100 });
        var begin = _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        shop.Tell(new Entry<ShopValue>(new Serial(4), begin.Key, begin.Value, begin.Request) { Era = 100 });

        var effect = NextAttempt().Effect;
        Assert.Equal((103L << 11, 104), (effect.Number, effect.Token));
    }

    // An era is about the microseconds since 1970, so a stamp has up to 52 bits.
    [Fact]
    public void Effect_of_a_restored_group_has_a_number_until_the_year_2100()
    {
        var shop = StartLeader();
        var era = (new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        shop.Tell(new Entry<ShopValue>(new Serial(3), "a", new Order("1", "2")) { Era = era });

        var numbers = StateOf(shop).Outbox.Effects.Select(effect => effect.Number).ToList();
        Assert.Equal(2, numbers.Count);
        Assert.InRange(numbers[0], 1, numbers[1] - 1);
    }

    [Fact]
    public void Handler_that_returns_no_task_has_failed_and_stops_no_other_name()
    {
        var shop = StartLeader(new() { AttemptsMax = 1 }, send: (effect, task) => effect.Name == "a" ? null! : task);
        _group.Commit("a", new Order("1"));
        _group.Commit("b", new Order("2"));
        Begin();
        NextAttempt();
        var other = NextAttempt();
        Assert.Contains("no task", CommitEnd().Failure);
        other.End.SetResult();
        CommitEnd();

        Assert.Equal("b/2: done", StateOf(shop).Ended[1]);
    }

    [Fact]
    public void Failure_whose_message_cannot_be_read_has_its_type()
    {
        StartLeader(new() { AttemptsMax = 1 });
        _group.Commit("a", new Order("1"));
        Begin();
        NextAttempt().End.SetException(new Unreadable());

        Assert.StartsWith("Unreadable: ", CommitEnd().Failure);
    }

    [Fact]
    public void Failure_is_cut_between_two_characters()
    {
        StartLeader(new() { AttemptsMax = 1 });
        _group.Commit("a", new Order("1"));
        Begin();
        var start = "InvalidOperationException: ".PadRight(999, '.');
        NextAttempt().End.SetException(new InvalidOperationException(start["InvalidOperationException: ".Length..] + "\U0001F600"));

        Assert.Equal(start, CommitEnd().Failure);
    }

    [Fact]
    public void SizeOf_that_throws_changes_no_state()
    {
        var shop = StartLeader(new() { SizeOf = mail => mail.Length == 0 ? throw new InvalidOperationException("no size") : 1 });
        EventFilter.Error(contains: "SizeOf").Expect(2, () =>
        {
            _group.Commit("a", new Order("", "2"));
            Begin();
            NextAttempt().End.SetResult();
            CommitEnd();
            NextAttempt();
        });

        Assert.Equal("2", Assert.Single(StateOf(shop).Outbox.Effects).Value);
    }

    [Fact]
    public void Effect_that_waits_for_a_pair_of_the_outbox_is_warned_of()
    {
        var shop = StartLeader(new() { WarnAfter = TimeSpan.FromSeconds(10) });
        _group.Commit("a", new Order("1"), Clock.Now);
        _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        ExpectWarning(shop);
        Begin();
        NextAttempt().End.SetResult();
        _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        ExpectWarning(shop);

        // The pair is late at the second tick.
        void ExpectWarning(IActorRef shop)
        {
            Clock.Advance(TimeSpan.FromSeconds(10));
            ExpectNoAttempt(shop);
            EventFilter.Warning(contains: "HandleProposal must not refuse such a pair").ExpectOne(
                () => Clock.Advance(TimeSpan.FromSeconds(10)));
        }
    }

    [Fact]
    public void Turns_that_a_behaviour_does_not_handle_come_again()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1", "2"));
        Begin();
        var attempt = NextAttempt();
        shop.Tell("deaf");
        EventFilter.Error(contains: "Call Receive<OutboxTurn>(_outbox.Run)").ExpectOne(() => attempt.End.SetResult());
        shop.Tell("hearing");
        Clock.Advance(TimeSpan.FromSeconds(10));
        CommitEnd();

        Assert.Equal("2", NextAttempt().Effect.Value);
    }

    [Fact]
    public void Pair_of_an_end_that_is_not_committed_is_appended_again()
    {
        var shop = StartLeader();
        _group.Commit("a", new Order("1"));
        Begin();
        NextAttempt().End.SetResult();
        var lost = _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        _group.Cancel(lost.Request, new RaftFailure(FailureKind.NotDone, FailureReason.NoLeader, "no leader"));

        // It may be committed until the second tick.
        Clock.Advance(TimeSpan.FromSeconds(10));
        ExpectNoAttempt(shop);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(lost.Value, _asked.ExpectMsg<FromActor<ShopValue>.Append>().Value);
    }

    [Fact]
    public async Task Full_outbox_refuses_orders_and_no_ends()
    {
        StartLeader(new() { CountMax = 2, SizeMax = 6, SizeOf = mail => mail.Length });
        _group.Commit("a", new Order("12345"));

        Assert.Contains("have 5 bytes, and 6 are allowed", await _group.ProposeAsync("a", new Order("12")));
        Assert.Null(await _group.ProposeAsync("a", new Order("1")));
        _group.Commit("a", new Order("1"));
        Assert.Contains("2 effects have not ended, and 2 are allowed", await _group.ProposeAsync("a", new Order("")));
        Assert.Null(await _group.ProposeAsync("a", new MailEnded(new EffectEnd(1 << 11))));
        _group.Commit("a", new MailEnded(new EffectEnd(1 << 11)));
        Assert.Null(await _group.ProposeAsync("a", new Order("12345")));
    }

    [Fact]
    public void Actor_that_does_not_override_HandleLeader_does_not_start() =>
        EventFilter.Custom(logged => $"{logged}".Contains("Override it, and call HandleLeader of the outbox")).ExpectOne(
            () => Sys.ActorOf(Props.Create(() => new Deaf())));

    [Fact]
    public void Actor_that_does_not_handle_turns_is_told() =>
        EventFilter.Error(contains: "Call Receive<OutboxTurn>(_outbox.Run)").ExpectOne(() =>
        {
            Sys.ActorOf(Props.Create(() => new Mute()));
            _group.BuildQuorum();
            _group.ElectActor();
        });

    [Fact]
    public void Effect_that_hangs_is_shown_by_a_metric_and_a_warning()
    {
        StartLeader(new() { WarnAfter = TimeSpan.FromSeconds(10) }, name: "hanging");
        _group.Commit("a", new Order("1", "2"), Clock.Now);
        Begin();
        Fail(NextAttempt());
        EventFilter.Warning(contains: "has not ended since").ExpectOne(() => Clock.Advance(TimeSpan.FromSeconds(10)));

        var shown = Measure("hanging");
        Assert.Equal(["raft.effects", "raft.effects.age"], shown.Select(each => each.Name).Order());
        Assert.Equal(2, shown.Min(each => each.Value));
        Assert.InRange(shown.Max(each => each.Value), 10, 11);
    }

    [Fact]
    public void Metrics_of_an_actor_are_those_of_all_its_outboxes()
    {
        Sys.ActorOf(Props.Create(() => new Twofold()), "twofold");
        _group.BuildQuorum();
        _group.ElectActor();
        _group.Commit("a", new Order("1"), Clock.Now);
        _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        _asked.ExpectMsg<FromActor<ShopValue>.Append>();

        Assert.Equal(("raft.effects", 2), Assert.Single(Measure("twofold"), each => each.Name == "raft.effects"));
        Assert.Single(Measure("twofold"), each => each.Name == "raft.effects.age");
    }

    [Fact]
    public void Former_leader_shows_no_metrics_while_a_handler_blocks()
    {
        using ManualResetEventSlim mayGoOn = new();
        var shop = StartLeader(name: "blocked", send: (_, task) =>
        {
            mayGoOn.Wait(TimeSpan.FromSeconds(10));
            return task;
        });
        _group.Commit("a", new Order("1"), Clock.Now);
        Begin();
        NextAttempt();
        Assert.NotEmpty(Measure("blocked"));
        _group.ElectPeer();
        StateOf(shop);

        Assert.Empty(Measure("blocked"));
        mayGoOn.Set();
    }

    private sealed record Attempt(RaftEffect<string> Effect, CancellationToken Cancelled, TaskCompletionSource End);

    private IActorRef StartLeader(
        RaftOutboxOptions<string>? options = null, string name = "shop", Func<RaftEffect<string>, Task, Task>? send = null)
    {
        var world = _world.Ref;
        send ??= (_, task) => task;
        var shop = Sys.ActorOf(
            Props.Create(() => new Shop((effect, cancelled) => send(effect, SendAsync(world, effect, cancelled)), options)), name);
        _group.BuildQuorum();
        _group.ElectActor();
        return shop;
    }

    private static Task SendAsync(IActorRef world, RaftEffect<string> effect, CancellationToken cancelled)
    {
        TaskCompletionSource end = new();
        world.Tell(new Attempt(effect, cancelled, end));
        return end.Task;
    }

    private Attempt NextAttempt() => _world.ExpectMsg<Attempt>();

    // Other tests have outboxes, too.
    private static List<(string Name, double Value)> Measure(string group)
    {
        List<(string Name, double Value)> shown = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name.StartsWith("raft.effects", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((each, value, tags, _) => Show(each, value, tags));
        listener.SetMeasurementEventCallback<double>((each, value, tags, _) => Show(each, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return shown;

        void Show(Instrument each, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => shown.AddRange(
            tags is [{ Value: string named }, { Value: string process }] && named == group
                && process.StartsWith($"{group}@", StringComparison.Ordinal)
                ? [(each.Name, value)]
                : []);
    }

    // The actor and its runner have handled all messages until now.
    private void ExpectNoAttempt(IActorRef shop)
    {
        StateOf(shop);
        Sys.ActorSelection(shop.Path / "*").Tell(new Identify(0), TestActor);
        ExpectMsg<ActorIdentity>();
        _world.ExpectNoMsg(TimeSpan.Zero);
    }

    private void Begin() => Assert.Equal(0, CommitEnd().Number);

    // Its pause has begun when this returns.
    private void Fail(Attempt attempt, string logged = "is tried again in")
    {
        void End() => attempt.End.SetException(new InvalidOperationException("no receiver"));
        if (logged.Length > 0)
        {
            EventFilter.Debug(contains: logged).ExpectOne(End);
        }
        else
        {
            End();
        }
    }

    private EffectEnd CommitEnd()
    {
        var append = _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        _group.Commit(append);
        return Assert.IsType<MailEnded>(append.Value).End;
    }

    private ShopState StateOf(IActorRef shop)
    {
        // Behind the pairs that the group has committed. The actor appends nothing meanwhile.
        _group.TakeSnapshot();
        _asked.ExpectMsg<FromActor<ShopValue>.Snapshot>();
        shop.Tell("", TestActor);
        return ExpectMsg<ShopState>();
    }

    private static RaftOutbox<string> OutboxIn(IActorContext context) => new(context, (_, _) => Task.CompletedTask, _ => default);

    private sealed class Unreadable : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }

    private sealed class Deaf : RaftActor<int>
    {
        public Deaf() => OutboxIn(Context);

        protected override object? HandleAppend(Entry<int> entry) => null;
    }

    private sealed class Twofold : RaftActor<ShopValue>
    {
        private readonly RaftOutbox<string>[] _outboxes;

        public Twofold()
        {
            _outboxes = [Create(), Create()];
            Receive<OutboxTurn>(turn => Array.ForEach(_outboxes, outbox => outbox.Run(turn)));
        }

        protected override void HandleLeader(Leader? leader) => Array.ForEach(_outboxes, outbox => outbox.HandleLeader(leader));

        protected override object? HandleAppend(Entry<ShopValue> entry)
        {
            Array.ForEach(_outboxes, outbox => outbox.Do(entry, "a", "mail"));
            return null;
        }

        private RaftOutbox<string> Create() =>
            new(Context, (_, _) => Task.CompletedTask, end => Group.Append("outbox", new MailEnded(end)));
    }

    private sealed class Mute : RaftActor<ShopValue>
    {
        private readonly RaftOutbox<string> _outbox = OutboxIn(Context);

        protected override object? HandleAppend(Entry<ShopValue> entry) => null;

        protected override void HandleLeader(Leader? leader) => _outbox.HandleLeader(leader);
    }
}
