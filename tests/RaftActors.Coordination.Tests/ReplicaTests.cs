using System.Text;

namespace RaftActors.Coordination.Tests;

/// <summary>The questions that wait at one process of the group, and the reminders of its sessions and items.</summary>
public sealed class ReplicaTests
{
    private const int Claims = 1_000;

    private readonly Replica _replica;
    private readonly List<object> _replies = [];
    private readonly List<(string Name, TimeSpan? After)> _reminded = [];
    private long _serial;
    private long _era;
    private TimeSpan _now;

    public ReplicaTests() => _replica = new Replica((name, after) => _reminded.Add((name, after)));

    [Fact]
    public void Release_wakes_one_of_a_thousand_claims_and_a_renewal_wakes_none()
    {
        var session = Open();
        for (var i = 0; i <= Claims; i++)
        {
            Acquire(session, i);
        }

        for (var i = 1; i <= Claims; i++)
        {
            Assert.Null(Ask(new Question.OfClaim("billing", session, i)));
        }

        for (var i = 0; i < Claims; i++)
        {
            Apply("a", new Command.Renew(session));
        }

        Assert.Empty(_replies);
        Apply("billing", new Command.Release(session, 0));
        Assert.Equal([new Answer.Granted(_serial)], _replies);
        Apply("a", new Command.Close(session));
        Assert.Equal(Claims, _replies.Count);
        Assert.All(_replies.Skip(1), reply => Assert.Equal(new Answer.NoSession(), reply));
    }

    [Fact]
    public void Watch_is_woken_by_the_items_of_its_prefix_only()
    {
        Assert.Null(Ask(new Question.OfChanges("shops/", 0)));
        Assert.Null(Ask(new Question.OfChanges("", 0)));
        Put("other");
        Assert.Single(_replies);

        Put("shops/a");

        Assert.Equal(["shops/a"], Assert.IsType<ItemsView>(_replies[1]).Items.Select(item => item.Name));
        Put("shops/b");
        Assert.Equal(2, _replies.Count);
    }

    [Fact]
    public void Watch_that_waits_is_not_told_all_items_when_the_changes_of_others_are_forgotten()
    {
        Assert.Null(Ask(new Question.OfChanges("shops/", 0)));
        for (var i = 0; i <= Items.ChangesMax; i++)
        {
            Put("other");
        }

        Put("shops/a");

        Assert.False(Assert.IsType<ItemsView>(Assert.Single(_replies)).IsWhole);
    }

    [Fact]
    public void Observer_is_woken_when_others_hold_the_lock()
    {
        var session = Open();
        Acquire(session, 0);
        var token = _serial;
        Assert.NotNull(Ask(new Question.OfLock("billing", null)));
        Assert.Null(Ask(new Question.OfLock("billing", [token])));
        Acquire(session, 1);
        Apply("billing", new Command.Release(session, 7));
        Assert.Empty(_replies);

        Apply("billing", new Command.Release(session, 0));

        Assert.Equal(_serial, Assert.Single(Assert.IsType<LockView>(Assert.Single(_replies)).Holders).Token);
    }

    [Fact]
    public void Question_that_has_waited_for_long_is_answered_and_one_that_was_answered_is_not_answered_again()
    {
        Assert.Null(Ask(new Question.OfChanges("shops/", 0)));
        _now += Replica.WaitMax / 2;
        Assert.Null(Ask(new Question.OfChanges("other/", 0)));
        Put("shops/a");
        Assert.Single(_replies);

        _now += Replica.WaitMax;
        _replica.Check(_now);
        _replica.Check(_now);

        Assert.Equal(2, _replies.Count);
        Assert.Empty(Assert.IsType<ItemsView>(_replies[1]).Items);
    }

    [Fact]
    public void Snapshot_wakes_all_questions()
    {
        var session = Open();
        Acquire(session, 0);
        Acquire(session, 1);
        Assert.Null(Ask(new Question.OfClaim("billing", session, 1)));
        Assert.Null(Ask(new Question.OfChanges("", _serial)));
        var ahead = CoordinationState.Of(_replica.State.ToImage());
        ahead.Apply("billing", new Command.Release(session, 0), _serial + 1);
        ahead.Apply("one", new Command.Put("", null, 0, null), _serial + 2);

        _replica.Restore(ahead.ToImage(), _serial + 2);
        _replica.Check(_now);

        Assert.Contains(new Answer.Granted(_serial + 1), _replies);
        Assert.Equal(["one"], _replies.OfType<ItemsView>().Single().Items.Select(item => item.Name));
    }

    [Fact]
    public void Reminder_ends_its_session_or_item_and_one_that_comes_with_an_era_finds_no_session()
    {
        var session = Open();
        Acquire(session, 0);
        Put("session/1");
        Put("one");

        _replica.Expire("item/session/1", ++_serial);
        Assert.Equal(["one"], Assert.IsType<ItemsView>(Ask(new Question.OfChanges("", -1))).Items.Select(item => item.Name));
        _replica.Expire($"session/{session}", ++_serial);
        Assert.Equal(new Answer.NoSession(), Ask(new Question.OfClaim("billing", session, 0)));
        var other = Open();
        _replica.Expire($"session/{other}", ++_serial, era: 1_000);

        _replica.State.Check();
        Assert.Equal(1_000, _replica.State.Era);
        Assert.Equal(new Answer.NoSession(), Ask(new Question.OfClaim("billing", other, 0)));
    }

    [Fact]
    public void Era_ends_all_sessions_with_their_locks_and_items_and_its_stamps_are_higher()
    {
        var session = Open();
        Acquire(session, 0);
        Acquire(session, 1);
        Apply("mine", new Command.Put("", null, session, null));
        Put("yours");
        _era = 1_000;

        Apply("a", new Command.Renew(session));
        var other = _era + Open();
        Acquire(other, 0);

        _replica.State.Check();
        Assert.Equal(new Answer.Granted(_era + _serial), Ask(new Question.OfClaim("billing", other, 0)));
        Assert.Equal(new Answer.NoSession(), Ask(new Question.OfClaim("billing", session, 0)));
        Assert.Equal(["yours"], Assert.IsType<ItemsView>(Ask(new Question.OfChanges("", -1))).Items.Select(item => item.Name));
        Put("yours");
        Assert.Equal(_era + _serial, Assert.IsType<ItemsView>(Ask(new Question.OfItem("yours"))).Items.Single().Version);

        Assert.Contains(($"session/{session}", null), _reminded);
        Assert.DoesNotContain(($"session/{other}", null), _reminded);
    }

    [Fact]
    public void Era_gives_all_items_to_a_watch_of_before_it_whether_it_waits_or_not()
    {
        Put("one");
        Assert.Null(Ask(new Question.OfChanges("", 20)));
        Assert.Null(Ask(new Question.OfChanges("other/", _serial)));
        _era = 1_000;

        Put("two");
        _replica.Check(_now);

        Assert.All(_replies.Cast<ItemsView>(), view => Assert.Equal((true, _era), (view.IsWhole, view.Era)));
        Assert.Equal([2, 0], _replies.Cast<ItemsView>().Select(view => view.Items.Length));
        Assert.True(Assert.IsType<ItemsView>(Ask(new Question.OfChanges("", _serial))).IsWhole);
        Assert.Null(Ask(new Question.OfChanges("", _era + _serial)));
    }

    [Fact]
    public void Snapshot_has_the_era()
    {
        _era = 1_000;
        Put("one");

        _replica.Restore(_replica.State.ToImage(), _serial);

        Assert.Null(Ask(new Question.OfChanges("", _era + _serial)));
        Put("two");
        Assert.Equal("two", Assert.IsType<ItemsView>(Assert.Single(_replies)).Items.Single().Name);
    }

    [Theory]
    [InlineData("""{"$":"changes","After":9223372036854775807}""")]
    [InlineData("""{"$":"changes","Prefix":null,"After":9223372036854775807}""")]
    [InlineData("""{"$":"lock","Known":[]}""")]
    [InlineData("""{"$":"claim","Session":1,"Claim":1}""")]
    [InlineData("""{"$":"item"}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public void Question_without_its_name_is_refused_before_it_waits(string question)
    {
        Assert.Throws<InvalidDataException>(() => Ask(CoordinationJson.ToQuestion(Encoding.UTF8.GetBytes(question))));

        _now += 2 * Replica.WaitMax;
        _replica.Check(_now);
        Assert.Empty(_replies);
    }

    private long Open()
    {
        Apply("a", new Command.Open(TimeSpan.FromSeconds(1)));
        return _serial;
    }

    private void Acquire(long session, long claim) => Apply("billing", new Command.Acquire(session, claim, 1, true, null));

    private void Put(string name) => Apply(name, new Command.Put("", null, 0, null));

    private void Apply(string name, Command command) => _replica.Apply(name, command, ++_serial, era: _era);

    private object? Ask(Question question) => _replica.Ask(question, _now, _replies.Add);
}
