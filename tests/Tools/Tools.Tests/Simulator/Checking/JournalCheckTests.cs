using RaftActors.Core;
using RaftActors.Simulator.Actors.Persistence;

namespace RaftActors.Simulator.Tests.Checking;

/// <summary>What persistent actors are told, and what of it the simulation of the journal rejects.</summary>
public sealed class JournalCheckTests
{
    private readonly JournalLedger _ledger = new(new Prng(1), hosts: 1);

    [Fact]
    public void Recovery_of_what_was_acknowledged_is_accepted()
    {
        Persist(Begin(), 1, size: 2);
        Recover(Begin(), 2, (1, "1 1 0 2 "), (2, "1 1 1 2 "));

        Assert.Null(_ledger.Broken);
    }

    [Fact]
    public void Recovery_without_an_acknowledged_event_is_rejected()
    {
        Persist(Begin(), 1, size: 1);
        Recover(Begin(), 0);

        Assert.Equal("life 2 of a on n1 recovered up to 0, and 1 was acknowledged before", _ledger.Broken);
    }

    [Fact]
    public void Recovery_with_a_gap_is_rejected()
    {
        Recover(Begin(), 3, (1, "7 1 0 1 "), (3, "7 2 0 1 "));

        Assert.Equal("event 2 of a is lost: no actor has read it", _ledger.Broken);
    }

    [Fact]
    public void Gap_of_a_rejected_event_is_accepted()
    {
        var life = Begin();
        Persist(life, 1, size: 1);
        Assert.Single(life.NewBatch(1));
        life.OnRejected(2, "1 2 0 1 ");
        Persist(life, 3, size: 1);
        Recover(Begin(), 3, (1, "1 1 0 1 "), (3, "1 3 0 1 "));

        Assert.Null(_ledger.Broken);
    }

    [Fact]
    public void Half_of_a_batch_is_rejected()
    {
        Recover(Begin(), 1, (1, "7 1 0 2 "));

        Assert.Contains("the events of a end with", _ledger.Broken, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_events_with_one_number_are_rejected()
    {
        Persist(Begin(), 1, size: 1);
        Recover(Begin(), 1, (1, "7 1 0 1 "));

        Assert.Contains("event 1 of a is", _ledger.Broken, StringComparison.Ordinal);
    }

    [Fact]
    public void Event_that_was_refused_as_stale_is_rejected_when_a_recovery_has_it()
    {
        var life = Begin();
        Assert.Single(life.NewBatch(1));
        life.OnFailed(isStale: true, "1 1 0 1 ");
        Recover(Begin(), 1, (1, "1 1 0 1 "));

        Assert.EndsWith("is in the journal, and was refused as stale", _ledger.Broken, StringComparison.Ordinal);
    }

    [Fact]
    public void Event_that_was_deleted_before_is_rejected()
    {
        var life = Begin();
        Persist(life, 1, size: 1);
        life.BeginDeletion(1);
        life.OnDeleted(1);
        Recover(Begin(), 1, (1, "1 1 0 1 "));

        Assert.Equal("event 1 of a was read after 1, or is deleted", _ledger.Broken);
    }

    [Fact]
    public void Life_that_goes_on_behind_another_one_is_rejected()
    {
        Recover(Begin(), 3, (1, "7 1 0 1 "), (2, "8 1 0 1 "), (3, "7 2 0 1 "));
        _ledger.Of("a").Check();

        Assert.Equal("event 3 of a is of life 7, which was replaced", _ledger.Broken);
    }

    private JournalLife Begin() => _ledger.Begin("a", "n1", fromSnapshot: false);

    private static void Persist(JournalLife life, long first, int size)
    {
        foreach (var (place, each) in life.NewBatch(size).ToList().Index())
        {
            life.OnPersisted(first + place, each.ToText());
        }
    }

    private static void Recover(JournalLife life, long highest, params (long Number, string Text)[] events)
    {
        foreach (var (number, text) in events)
        {
            life.OnReplayed(number, text);
        }

        life.OnRecovered(highest);
    }
}
