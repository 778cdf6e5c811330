using System.Collections.Immutable;

using RaftActors.Coordination;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.State;
using RaftActors.Core;
using RaftActors.Simulator.Actors.Coordination;
using RaftActors.Simulator.Coordination;

using Session = RaftActors.Coordination.Sessions.Session;

namespace RaftActors.Simulator.Tests.Checking;

/// <summary>Histories of the coordination, and which of them its simulations reject.</summary>
public sealed class CoordinationCheckTests : IDisposable
{
    private readonly World _world = new(seed: 1, trace: null);
    private readonly CommittedLog _log;
    private readonly ReadChecker _reads;
    private readonly HolderChecker _holders;
    private readonly LockLedger _locks = new();
    private readonly Session _session = new(1, TimeProvider.System.GetTimestamp(), TimeSpan.FromHours(1), TimeProvider.System);

    public CoordinationCheckTests()
    {
        _log = new CommittedLog(_world, new Setup(new Prng(1)));
        _reads = new ReadChecker(_world, _log);
        _holders = new HolderChecker(_world, _log);
        Put("i/a", "1");
        Put("i/a", "2");
        Put("i/b", "3");
        _log.Add(new CommittedLog.Pair("i/b", new Command.Delete(null)));
    }

    // A holder for the checkers. It lives in a world of its own, in which no time passes.
    private ClientProgram Program => field ??= NewProgram(new World(seed: 1, trace: null), new Setup(new Prng(1)));

    public void Dispose() => _session.Dispose();

    [Fact]
    public void True_answers_about_items_are_accepted()
    {
        _reads.OnRead("i/a", new RaftItem("i/a", "2", 2), since: 2);
        _reads.OnRead("i/a", new RaftItem("i/a", "1", 1), since: 1);
        _reads.OnRead("i/a", null, since: 0);
        _reads.OnRead("i/b", null, since: 4);
        _reads.OnRead("i/c", null, since: 4);
        _reads.OnWritten("i/a", 2);
        _reads.OnAdded("n", 1);
        _reads.OnAdded("n", 2);
        _reads.OnAdded("m", 1);

        Assert.Null(Violated());
    }

    [Theory]
    [InlineData("i/a", "1", 1, 2)]
    [InlineData("i/a", "1", 2, 2)]
    [InlineData("i/a", "2", 1, 2)]
    [InlineData("i/a", null, 0, 1)]
    [InlineData("i/b", "3", 3, 4)]
    [InlineData("i/c", "3", 3, 4)]
    public void Stale_or_invented_read_is_rejected(string name, string? value, long version, long since)
    {
        _reads.OnRead(name, value is null ? null : new RaftItem(name, value, version), since);

        Assert.Equal("stale read", Violated());
    }

    [Theory]
    [InlineData("i/a", 3)]
    [InlineData("i/b", 4)]
    public void Write_that_is_not_in_the_log_is_rejected(string name, long version)
    {
        _reads.OnWritten(name, version);

        Assert.Equal("write", Violated());
    }

    [Fact]
    public void Sum_that_two_callers_were_told_is_rejected()
    {
        _reads.OnAdded("n", 1);
        _reads.OnAdded("n", 1);

        Assert.Equal("addition", Violated());
    }

    [Fact]
    public void Write_with_two_effects_is_rejected()
    {
        Put("i/c", "twice", key: "k");
        Put("i/c", "twice", key: "k");

        Assert.Equal("write", Violated());
    }

    [Fact]
    public void Session_that_expires_before_its_time_is_rejected()
    {
        var setup = new Setup(new Prng(1));
        _log.Add(new CommittedLog.Pair("owner", new Command.Open(setup.SessionTimeout)));
        _log.Add(new CommittedLog.Pair("session/5", null) { Number = 1 });

        Assert.Equal("lifetime", Violated());
    }

    [Fact]
    public void Watch_that_tells_all_changes_in_order_is_accepted()
    {
        WatchChecker watch = new(_world, _log, "i/");
        watch.OnTold(All(new RaftItem("i/a", "1", 1)));
        Assert.False(watch.IsCurrent);
        watch.OnTold(Written(new RaftItem("i/a", "2", 2)));
        watch.OnTold(Written(new RaftItem("i/b", "3", 3)));
        watch.OnTold(new RaftItemChange("i/b", 4, TableOf()));

        Assert.True(watch.IsCurrent);
        Assert.Null(Violated());
    }

    [Theory]
    [InlineData("a lost change", 3, "3")]
    [InlineData("a change that is told again", 1, "1")]
    [InlineData("a value of another change", 2, "3")]
    public void Watch_with_a_fault_is_rejected(string fault, long version, string value)
    {
        WatchChecker watch = new(_world, _log, "i/");
        watch.OnTold(All(new RaftItem("i/a", "1", 1)));
        watch.OnTold(Written(new RaftItem(version == 3 ? "i/b" : "i/a", value, version)));

        Assert.True(Violated() == "watch", fault);
    }

    [Theory]
    [InlineData("i/a", "1", 2)]
    [InlineData("i/b", "1", 1)]
    public void Watch_that_begins_with_items_that_were_never_there_is_rejected(string name, string value, long version)
    {
        new WatchChecker(_world, _log, "i/").OnTold(All(new RaftItem(name, value, version)));

        Assert.Equal("watch", Violated());
    }

    [Fact]
    public void Watch_whose_list_goes_back_is_rejected()
    {
        WatchChecker watch = new(_world, _log, "i/");
        watch.OnTold(All(new RaftItem("i/a", "2", 2)));
        watch.OnTold(All(new RaftItem("i/a", "1", 1)));

        Assert.Equal("watch", Violated());
    }

    [Fact]
    public void Holder_whose_claim_the_group_has_ended_is_rejected()
    {
        var session = Open(Program.Name);
        Hold("a/1", Acquire("a/1", session));
        _holders.Check();
        Assert.Null(Violated());

        _log.Add(new CommittedLog.Pair("a/1", new Command.Close(session)));
        _holders.Check();
        Assert.Equal("session", Violated());
    }

    [Fact]
    public void More_holders_than_permits_are_rejected()
    {
        var token = Acquire("c/2", Open(Program.Name));
        Hold("c/2", token);
        Hold("c/2", token);
        _holders.Check();
        Assert.Null(Violated());

        Hold("c/2", token);
        _holders.Check();
        Assert.Equal("mutual exclusion", Violated());
    }

    [Theory]
    [InlineData("program", 1)]
    [InlineData("another", 0)]
    public void Token_that_the_group_has_not_granted_to_its_owner_is_rejected(string owner, int added)
    {
        Hold("a/1", Acquire("a/1", Open(owner)) + added);

        Assert.Equal("token", Violated());
    }

    [Fact]
    public void Token_of_a_lock_that_two_holders_were_told_is_rejected()
    {
        var token = Acquire("a/1", Open(Program.Name));
        Hold("a/1", token);
        Assert.Null(Violated());

        Hold("a/1", token);
        Assert.Equal("token", Violated());
    }

    [Fact]
    public void Lock_that_one_holder_follows_another_is_accepted()
    {
        var first = Lock(1);
        _locks.OnAcquired(first, permits: 1);
        _locks.OnEnded(first);
        _locks.OnAcquired(Lock(2), permits: 1);

        Assert.True(_locks.AreExclusive(_ => true));
        Assert.Null(_locks.Broken);
    }

    [Fact]
    public void Overlap_of_two_holders_is_rejected()
    {
        _locks.OnAcquired(Lock(1), permits: 1);
        _locks.OnAcquired(Lock(2), permits: 1);

        Assert.False(_locks.AreExclusive(_ => true));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Lock_has_as_many_holders_as_permits(int holders, bool expected)
    {
        for (var holder = 0; holder < holders; holder++)
        {
            _locks.OnAcquired(Lock(1), permits: 2);
        }

        Assert.Equal(expected, _locks.AreExclusive(_ => true));
    }

    [Theory]
    [InlineData(5, 5, "two claims to l have the token 5")]
    [InlineData(5, 4, "l was granted with the token 4 after 5")]
    public void Token_that_does_not_rise_is_rejected(long first, long second, string expected)
    {
        var before = Lock(first);
        _locks.OnAcquired(before, permits: 1);
        _locks.OnEnded(before);
        _locks.OnAcquired(Lock(second), permits: 1);

        Assert.Equal(expected, _locks.Broken);
        Assert.False(_locks.AreExclusive(_ => true));
    }

    [Fact]
    public void Holder_that_is_refused_by_its_register_is_rejected()
    {
        var (older, newer) = (Lock(1), Lock(2));
        Assert.NotNull(_locks.Begin(newer));
        Assert.Null(_locks.Begin(older));

        Assert.Equal("the holder of l with the token 1 was refused: its token is too old", _locks.Broken);
    }

    [Fact]
    public void Former_holder_that_is_refused_by_its_register_is_no_fault()
    {
        var (older, newer) = (Lock(1), Lock(2));
        Assert.NotNull(_locks.Begin(newer));
        _session.Lose();

        Assert.Null(_locks.Begin(older));
        Assert.False(_locks.TryWrite(older, 1));
        Assert.Null(_locks.Broken);
    }

    [Fact]
    public async Task Item_that_is_read_as_it_was_before_an_answered_write_is_rejected()
    {
        ItemCalls calls = new();
        await calls.DoAsync(1, new ItemCall.Put("i", "1", null), () => Task.FromResult(new ItemAnswer(true)));
        await calls.DoAsync(1, new ItemCall.Put("i", "2", "1"), () => Task.FromResult(new ItemAnswer(true)));
        calls.Check();

        await calls.DoAsync(2, new ItemCall.Get("i"), () => Task.FromResult(new ItemAnswer(true, "1")));

        Assert.Throws<InvalidDataException>(calls.Check);
    }

    [Fact]
    public async Task Conditional_write_that_two_callers_won_is_rejected()
    {
        ItemCalls calls = new();
        await calls.DoAsync(1, new ItemCall.Put("i", "1", ItemCall.None), () => Task.FromResult(new ItemAnswer(true)));
        await calls.DoAsync(2, new ItemCall.Put("i", "2", ItemCall.None), () => Task.FromResult(new ItemAnswer(true)));

        Assert.Throws<InvalidDataException>(calls.Check);
    }

    [Fact]
    public void Version_that_was_seen_with_two_values_is_rejected()
    {
        ItemCalls calls = new();
        calls.OnSeen("i", 1, "a");
        calls.OnSeen("i", 1, "a");

        Assert.Throws<InvalidDataException>(() => calls.OnSeen("i", 1, "b"));
    }

    private static RaftItemChange All(RaftItem item) => new(null, 0, TableOf(item));

    private static RaftItemChange Written(RaftItem item) => new(item.Name, item.Version, TableOf(item));

    private static ImmutableSortedDictionary<string, RaftItem> TableOf(params RaftItem[] items) =>
        items.ToImmutableSortedDictionary(item => item.Name, item => item);

    private ClientProgram NewProgram(World world, Setup setup)
    {
        // Otherwise xunit would wait for the end of its activities.
        SynchronizationContext.SetSynchronizationContext(null);
        CommittedLog log = new(world, setup);
        return new ClientProgram("program", world, setup, new SimulatedGroup(world, setup, log), log, _holders, _reads);
    }

    private long Open(string owner)
    {
        _log.Add(new CommittedLog.Pair(owner, new Command.Open(TimeSpan.FromHours(1))));
        return _log.Pairs.Count;
    }

    private long Acquire(string name, long session)
    {
        _log.Add(new CommittedLog.Pair(name, new Command.Acquire(session, 0, name[^1] - '0', Waits: false, null)));
        return _log.Pairs.Count;
    }

    private void Hold(string name, long token) => _holders.OnAcquired(Program, Lock(token, name));

    private RaftLock Lock(long token, string name = "l") =>
        new(name, token, _session, 0, () => ValueTask.CompletedTask, _ => { });

    private void Put(string name, string value, string? key = null) =>
        _log.Add(new CommittedLog.Pair(name, new Command.Put(value, null, 0, null)) { Key = key });

    // The world tells a violation at the end of the event.
    private string? Violated()
    {
        _world.After(TimeSpan.Zero, () => { });
        return Record.Exception(_world.Step) is Violation violation ? violation.Checker : null;
    }
}
