using RaftActors.Delivery;

namespace RaftActors.Coordination.Tests;

/// <summary>The bounds of the state. Beyond each one the group refuses, and takes more again when there is room.</summary>
public sealed class BoundsTests
{
    private readonly CoordinationState _state = new();
    private long _serial;

    [Fact]
    public void Items_have_a_highest_number()
    {
        // The shortest items there are, whose list in JSON has no more bytes than the bound.
        var count = 0;
        while (Put($"{count}", "") is Answer.Done)
        {
            count++;
        }

        _state.Check();
        Assert.InRange(count, 60_000, Items.BytesMax / 128);
        Assert.InRange(List().Length, 1, Items.BytesMax);
        Assert.IsType<Answer.Refused>(Apply("counter", new Command.Add(1)));
        Assert.Equal(new Answer.Done(), Put("0", ""));
        Assert.Equal(new Answer.Done(), Apply("0", new Command.Delete(null)));
        Assert.Equal(new Answer.Done(), Put("1", "a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("é")]
    public void Reminders_have_room_for_all_sessions_and_items(string letters)
    {
        // HandleAppend must not throw, because an exception would stop all processes at this pair.
        Reminders reminders = new();
        Replica replica = new((name, after) => reminders.Set(name, after!.Value, default, default));
        for (var i = 0; i < CoordinationState.SessionsMax; i++)
        {
            replica.Apply("a", new Command.Open(TimeSpan.FromSeconds(1)), ++_serial);
        }

        for (Answer? answer = null; answer is not Answer.Refused;)
        {
            var name = $"{++_serial}".PadLeft(letters.Length > 0 ? CoordinationState.TextMax : 0, letters.FirstOrDefault());
            answer = replica.Apply(name, new Command.Put("", null, 0, TimeSpan.FromSeconds(1)), _serial);
        }

        Assert.InRange(reminders.Count, letters.Length > 0 ? 11_000 : 70_000, Reminders.CountMax);
    }

    [Fact]
    public void Items_together_have_a_highest_number_of_bytes()
    {
        var large = new string('"', Items.ValueMax);
        var count = 0;
        while (Put($"{count}", large) is Answer.Done)
        {
            count++;
        }

        _state.Check();
        Assert.Contains($"at most {Items.BytesMax}", Refusal(Put("more", large)));
        Assert.Equal(new Answer.Done(), Put("0", large));

        // The list of all items is one message.
        Assert.InRange(List().Length, Items.BytesMax / 10 * 9, Items.BytesMax + 100);
        Put("0", "");
        Assert.Equal(new Answer.Done(), Put("more", new string('"', Items.ValueMax / 2)));
    }

    [Fact]
    public void Changes_that_are_remembered_have_a_highest_number_of_bytes()
    {
        var large = new string('"', Items.ValueMax);
        for (var i = 0; i < 100; i++)
        {
            Put("one", large);
        }

        _state.Check();
        var remembered = ChangesAfter(_serial - 10);
        Assert.False(remembered.IsWhole);
        Assert.Equal(10, remembered.Items.Length);
        Assert.True(ChangesAfter(_serial - 90) is { IsWhole: true, Items.Length: 1 });
    }

    [Fact]
    public void Sessions_and_claims_have_a_highest_number()
    {
        for (var i = 0; i < CoordinationState.SessionsMax; i++)
        {
            Apply("a", new Command.Open(TimeSpan.FromSeconds(1)));
        }

        Assert.Contains("10000 open sessions", Refusal(Apply("a", new Command.Open(TimeSpan.FromSeconds(1)))));
        for (var i = 0; i < CoordinationState.ClaimsMax; i++)
        {
            Apply($"{i / 100}", new Command.Acquire(1, i, 100, true, null));
        }

        Assert.Contains("100000 claims", Refusal(Apply("more", new Command.Acquire(1, CoordinationState.ClaimsMax, 1, true, null))));
        Apply("0", new Command.Release(1, 0));
        Assert.IsType<Answer.Granted>(Apply("more", new Command.Acquire(1, CoordinationState.ClaimsMax + 1, 1, true, null)));
    }

    [Fact]
    public void One_lock_may_have_all_claims()
    {
        // Without an index each claim would be searched for among all others, which takes minutes.
        Apply("a", new Command.Open(TimeSpan.FromSeconds(1)));
        for (var i = 0; i < CoordinationState.ClaimsMax; i++)
        {
            Apply("one", new Command.Acquire(1, i, CoordinationState.ClaimsMax / 2, true, null));
        }

        for (var i = CoordinationState.ClaimsMax - 1; i > 0; i--)
        {
            Assert.IsNotType<Answer.Held>(_state.Answer(new Question.OfClaim("one", 1, i)));
            Apply("one", new Command.Release(1, i));
        }

        _state.Check();
        Assert.Equal(0, Assert.Single(((LockView)_state.Answer(new Question.OfLock("one", null))).Holders).Claim);
    }

    [Fact]
    public void Sum_has_64_bits()
    {
        Assert.Equal(new Answer.Counted(long.MaxValue), Apply("up", new Command.Add(long.MaxValue)));
        Assert.Contains("no sum of 64 bits", Refusal(Apply("up", new Command.Add(1))));
        Assert.Equal(new Answer.Counted(long.MinValue), Apply("down", new Command.Add(long.MinValue)));
        Assert.Contains("no sum of 64 bits", Refusal(Apply("down", new Command.Add(-1))));
    }

    [Fact]
    public void Commands_beyond_their_bounds_have_no_place_in_the_log()
    {
        Assert.Contains("name has 1001", Fault(new string('n', 1001), new Command.Delete(null)));
        Assert.Contains("value has 9001", Fault("n", new Command.Put(new string('v', 9001), null, 0, null)));
        Assert.Contains("lifetime of the item", Fault("n", new Command.Put("", null, 0, TimeSpan.FromMilliseconds(99))));
        Assert.Contains("lifetime of the item", Fault("n", new Command.Put("", null, 0, TimeSpan.FromDays(366))));
        Assert.Contains("timeout of the session", Fault("n", new Command.Open(TimeSpan.FromDays(2))));
        Assert.Contains("permits is 0", Fault("n", new Command.Acquire(1, 1, 0, true, null)));
        Assert.Contains("text has 1001", Fault("n", new Command.Acquire(1, 1, 1, true, new string('t', 1001))));
    }

    [Fact]
    public void What_is_no_command_has_no_place_in_the_log_and_an_answer_if_it_is_there()
    {
        Assert.Contains("The value is null, which is no command.", Fault("n", null));

        Assert.Contains("The value is null, which is no command.", Refusal(_state.Apply("n", null, ++_serial)));
        Assert.Contains("lifetime of the item", Refusal(Apply("n", new Command.Put("", null, 0, TimeSpan.MaxValue))));
        Assert.Contains("timeout of the session", Refusal(Apply("n", new Command.Open(TimeSpan.MaxValue))));
        Assert.Empty(_state.Touched);
    }

    private static string Refusal(Answer answer) => Assert.IsType<Answer.Refused>(answer).Why;

    private static string Fault(string name, Command? command) => Assert.IsType<string>(CoordinationState.FindFault(name, command));

    private Answer Put(string name, string value) => Apply(name, new Command.Put(value, null, 0, null));

    private Answer Apply(string name, Command command) => _state.Apply(name, command, ++_serial);

    private byte[] List() => CoordinationJson.ToBytes(ChangesAfter(-1));

    private ItemsView ChangesAfter(long serial) => (ItemsView)_state.Answer(new Question.OfChanges("", serial));
}
