namespace RaftActors.Coordination.Tests;

/// <summary>Permits that one pair grants have one token. An operator names one of their holders by the session, too.</summary>
public sealed class SemaphoreTests
{
    private readonly CoordinationState _state = new();
    private readonly long _first;
    private readonly long _second;
    private long _serial;

    // One program holds both permits, two wait, and the first one ends.
    public SemaphoreTests()
    {
        var both = Open("both");
        (_first, _second) = (Open("first"), Open("second"));
        Acquire(both, claim: 1);
        Acquire(both, claim: 2);
        Acquire(_first, claim: 1);
        Acquire(_second, claim: 1);
        Apply("both", new Command.Close(both));

        Assert.Equal([(_first, _serial), (_second, _serial)], Holders().Select(each => (each.Session, each.Token)));
        _state.Check();
    }

    [Fact]
    public void Holder_that_an_operator_names_loses_its_permit_and_the_other_one_with_this_token_keeps_its_own()
    {
        Assert.Equal(new Answer.Done(), Apply("s", new Command.Break(_serial, _second)));

        Assert.Equal(new Answer.Done(), Apply("first", new Command.Renew(_first)));
        Assert.IsType<Answer.Broken>(Apply("second", new Command.Renew(_second)));
    }

    [Fact]
    public void Break_that_is_repeated_takes_nothing_from_another_holder()
    {
        Command.Break broken = new(_serial, _first);
        Apply("s", broken);
        Apply("s", new Command.Release(_first, 1));

        Assert.Equal(new Answer.Held(), Apply("s", broken));
        Assert.Equal(new Answer.Done(), Apply("second", new Command.Renew(_second)));
    }

    [Fact]
    public void Holder_that_an_operator_names_loses_all_permits_of_its_token()
    {
        Apply("first", new Command.Close(_first));
        var twice = Open("twice");
        Acquire(_second, claim: 2);
        Acquire(twice, claim: 1);
        Acquire(twice, claim: 2);
        Apply("second", new Command.Close(_second));

        Apply("s", new Command.Break(Holders()[0].Token, twice));

        var answer = Assert.IsType<Answer.Broken>(Apply("twice", new Command.Renew(twice)));
        Assert.Equal("1 2", string.Join(' ', answer.Claims));
    }

    private IReadOnlyList<RaftClaim> Holders() => Assert.IsType<LockView>(_state.Answer(new Question.OfLock("s", null))).Holders;

    private long Open(string owner)
    {
        Apply(owner, new Command.Open(TimeSpan.FromSeconds(10)));
        return _serial;
    }

    private void Acquire(long session, long claim) => Apply("s", new Command.Acquire(session, claim, 2, true, null));

    private Answer Apply(string name, Command command) => _state.Apply(name, command, ++_serial);
}
