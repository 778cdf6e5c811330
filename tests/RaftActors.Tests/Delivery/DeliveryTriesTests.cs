namespace RaftActors.Tests.Delivery;

public sealed class DeliveryTriesTests
{
    private static readonly DeliveryPlace Pair = DeliveryPlace.OfPair(new Serial(7));
    private static readonly DeliveryPlace Upgrade = new("HandleUpgrade", new Serial(7));
    private static readonly DeliveryPlace Leader = new("HandleLeader", Serial.Zero);

    private readonly VirtualScheduler _clock = new(Config.Empty, NoLogger.Instance);
    private readonly DeliveryTries _tries;

    public DeliveryTriesTests() => _tries = new DeliveryTries(_clock);

    [Fact]
    public void Replay_of_the_pairs_before_the_place_does_not_end_the_hold_and_the_pair_does()
    {
        Fail(Pair, 3);

        Assert.False(_tries.OnPassed(DeliveryPlace.OfPair(new Serial(6)), complete: new Serial(6)));
        Assert.NotNull(_tries.HeldAt);
        Assert.True(_tries.OnPassed(Pair, complete: new Serial(7)));
        Assert.Null(_tries.HeldAt);
        Assert.Null(_tries.Begin(Serial.Zero));
    }

    [Fact]
    public void Pause_counts_from_the_failure_and_a_life_that_begins_after_it_tries_at_once()
    {
        Fail(Pair, 3);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var (places, pause) = _tries.Begin(Serial.Zero).GetValueOrDefault();
        Assert.Equal((Pair, TimeSpan.FromSeconds(3)), (Assert.Single(places), pause));

        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Null(_tries.Begin(Serial.Zero));
        Assert.NotNull(_tries.HeldAt);
    }

    [Fact]
    public void Life_that_has_the_pair_in_a_store_of_its_own_ends_the_hold()
    {
        Fail(Pair, 3);

        Assert.Null(_tries.Begin(new Serial(7)));
        Assert.Null(_tries.HeldAt);
    }

    [Fact]
    public void Upgrade_before_the_pair_does_not_end_the_count_of_the_pair_and_ends_its_own()
    {
        for (var life = 0; life < DeliveryTries.Free; life++)
        {
            _tries.OnPassed(Upgrade, complete: new Serial(6));
            Fail(Pair);
        }

        Assert.NotNull(_tries.HeldAt);
        _tries.OnPassed(Pair, complete: new Serial(7));
        Fail(Upgrade, DeliveryTries.Free);
        Assert.StartsWith("its actor is held at serial 7, because HandleUpgrade fails. ", _tries.HeldAt?.ToString());
        Assert.True(_tries.OnPassed(Upgrade, complete: new Serial(6)));
        Assert.Null(_tries.HeldAt);
    }

    [Fact]
    public void New_pairs_of_an_as_committed_learner_are_one_place_until_one_of_them_has_passed_or_its_state_is_complete()
    {
        static DeliveryPlace New(int serial) => new("HandleAppend", new Serial(serial), IsNew: true);

        Fail(New(7));
        Fail(New(8));
        Assert.Null(_tries.HeldAt);
        Fail(New(9));
        Assert.Equal(new Serial(9), _tries.HeldAt?.Serial);
        Assert.Equal([New(9)], _tries.Begin(Serial.Zero)?.Places);

        Assert.True(_tries.OnPassed(New(10), complete: Serial.Zero));
        Fail(New(11), DeliveryTries.Free);
        Assert.True(_tries.OnPassed(null, complete: new Serial(11)));
    }

    [Fact]
    public void Later_pair_does_not_end_the_count_of_one_that_is_still_missing()
    {
        Fail(Pair, DeliveryTries.Free);

        Assert.False(_tries.OnPassed(DeliveryPlace.OfPair(new Serial(9)), complete: new Serial(6)));
        Assert.NotNull(_tries.HeldAt);
    }

    [Fact]
    public void Failures_at_two_places_by_turns_hold_the_actor_at_both()
    {
        for (var life = 0; life < DeliveryTries.Free; life++)
        {
            Fail(Pair);
            Fail(Leader);
        }

        Assert.Equal([Pair, Leader], _tries.Begin(Serial.Zero).GetValueOrDefault().Places.AsEnumerable());
        Assert.Equal(("HandleLeader", Serial.Zero), (_tries.HeldAt?.Callback, _tries.HeldAt?.Serial));
    }

    [Fact]
    public void Hold_at_a_notice_holds_all_pairs_back_and_ends_when_the_life_was_told_all()
    {
        Fail(Leader, DeliveryTries.Free);
        Assert.True(_tries.HoldsBack(new Serial(1)));

        Assert.False(_tries.OnPassed(Pair, complete: new Serial(7)));
        Assert.NotNull(_tries.HeldAt);
        Assert.True(_tries.OnToldAll());
        Assert.Null(_tries.HeldAt);
    }

    private void Fail(DeliveryPlace place, int times = 1)
    {
        for (var time = 0; time < times; time++)
        {
            _tries.OnFailed(place, place.Callback, new InvalidDataException("no"));
        }
    }
}
