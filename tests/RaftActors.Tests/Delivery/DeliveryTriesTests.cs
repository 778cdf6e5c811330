using Akka.Configuration;
using Akka.Event;

using RaftActors.Delivery;

using VirtualTime;

namespace RaftActors.Tests.Delivery;

public sealed class DeliveryTriesTests
{
    private static readonly DeliveryPlace Pair = new(new Serial(7), IsSnapshot: false);

    private readonly VirtualScheduler _clock = new(Config.Empty, NoLogger.Instance);
    private readonly DeliveryTries _tries;

    public DeliveryTriesTests() => _tries = new DeliveryTries(_clock);

    [Fact]
    public void Failures_at_different_places_hold_nothing()
    {
        for (var serial = 1; serial < 10; serial++)
        {
            Fail(Pair with { Serial = new Serial(serial) });
            Assert.Null(_tries.Begin(Serial.Zero));
        }

        Assert.Null(_tries.HeldAt);
    }

    [Fact]
    public void Fetched_pair_has_the_same_place_as_one_that_comes_in_order()
    {
        var pair = CommittedLog.PairOf(7);

        Assert.Equal(Pair, DeliveryPlace.Of(new DeliveryStep.Append().Set(pair, null)));
        Assert.Equal(Pair, DeliveryPlace.Of(new DeliveryStep.Answer(pair, null, null)));
    }

    [Fact]
    public void Replay_of_the_pairs_before_the_place_does_not_end_the_hold_and_the_pair_does()
    {
        Fail(Pair, 3);

        Assert.False(_tries.OnPassed(new Serial(6)));
        Assert.NotNull(_tries.HeldAt);
        Assert.True(_tries.OnPassed(new Serial(7)));
        Assert.Null(_tries.HeldAt);
        Assert.Null(_tries.Begin(Serial.Zero));
    }

    [Fact]
    public void Pause_counts_from_the_failure_and_a_life_that_begins_after_it_tries_at_once()
    {
        Fail(Pair, 3);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((Pair, TimeSpan.FromSeconds(3)), _tries.Begin(Serial.Zero));

        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Null(_tries.Begin(Serial.Zero));
        Assert.NotNull(_tries.HeldAt);
    }

    [Fact]
    public void Pause_doubles_with_each_failure_up_to_a_minute()
    {
        Fail(Pair, 2);
        List<double> pauses = [];
        for (var failure = 3; failure < 100; failure++)
        {
            Fail(Pair);
            pauses.Add(_tries.Begin(Serial.Zero)!.Value.Pause.TotalSeconds);
        }

        Assert.Equal([5, 10, 20, 40, 60], pauses.Distinct());
    }

    [Fact]
    public void Life_that_has_the_pair_in_a_store_of_its_own_ends_the_hold()
    {
        Fail(Pair, 3);

        Assert.Null(_tries.Begin(new Serial(7)));
        Assert.Null(_tries.HeldAt);
    }

    [Fact]
    public void Stopped_actor_is_not_held_and_the_next_one_of_its_name_is()
    {
        Fail(Pair, 4);
        var held = _tries.HeldAt;
        _tries.OnStopped();
        Assert.Null(_tries.HeldAt);

        Assert.Equal((Pair, TimeSpan.FromSeconds(10)), _tries.Begin(Serial.Zero));
        Assert.Equal(held, _tries.HeldAt);
    }

    private void Fail(DeliveryPlace place, int times = 1)
    {
        for (var time = 0; time < times; time++)
        {
            _tries.OnFailed(place, new InvalidDataException("no"));
        }
    }
}
