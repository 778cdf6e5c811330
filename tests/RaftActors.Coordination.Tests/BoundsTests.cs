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
    public void Items_of_one_transaction_together_stay_within_the_bytes_of_all_items()
    {
        var large = new string('"', Items.ValueMax);
        for (var count = 0; Put($"{count}", large) is Answer.Done;)
        {
            count++;
        }

        // There is room for one, and not for both.
        var half = large[..(Items.ValueMax / 2)];
        var before = List();
        var refused = Refusal(Commit(new("a", Value: half), new("b", Value: half)));
        Assert.Contains($"at most {Items.BytesMax}", refused);
        Assert.Equal(before, List());
        Assert.Equal(new Answer.Done(), Commit(new ItemPart("a", Value: half)));
        Assert.Equal(new Answer.Done(), Commit(new("b", Value: half), new("c", Value: half), new("1", Deletes: true)));
        _state.Check();
    }

    [Fact]
    public async Task Transaction_beyond_its_bounds_is_not_sent()
    {
        FakeClient client = new();
        await using CoordinationCalls calls = new(client, TimeProvider.System);
        RaftItems items = new(calls, null!); // Justification: no item of a session is written.

        await RefuseAsync("names no item", _ => { });
        await RefuseAsync("changes 'a' twice", each => each.Put("a", "").Delete("a"));
        await RefuseAsync("expects 'a' twice", each => each.Expect("a", 1).Put("a", "", new() { ExpectedVersion = 1 }));
        await RefuseAsync("names 101 items; at most 100 are allowed", each => PutMany(each, 101, ""));
        await RefuseAsync("bytes in JSON; at most 61440 are allowed", each => PutMany(each, 100, new string('é', 100)));
        await RefuseAsync("value has 9001", each => each.Put("a", new string('v', 9001)));
        await RefuseAsync("name has 1001", each => each.Expect(new string('n', 1001), 0));
        await RefuseAsync("lifetime of the item", each => each.Put("a", "", new() { Lifetime = TimeSpan.Zero }));
        Assert.Equal(0, client.Attempts);
        Assert.Contains("names 'a' twice", Fault("", new Command.Commit([new("a"), new("b"), new("a")], 0)));
        Assert.Contains("names no item", Fault("", new Command.Commit(default, 0)));

        async Task RefuseAsync(string why, Action<ItemTransaction> fill) =>
            Assert.Contains(why, (await Assert.ThrowsAsync<InvalidOperationException>(() => items.CommitAsync(fill))).Message);
    }

    [Fact]
    public void Largest_transactions_are_pairs_of_less_than_64_kB()
    {
        var item = new ItemPart(
            new string('"', CoordinationState.TextMax), long.MinValue, new string('"', Items.ValueMax), Lifetime: TimeSpan.FromDays(1.1));
        var names = Enumerable.Range(0, Items.PartsMax).Select(i => $"{i}".PadLeft(80, 'é'));
        Command.Commit[] all =
        [
            new([item with { OfSession = true }], long.MaxValue),
            new([.. names.Select(name => item with { Name = name, Value = "" })], long.MaxValue),
        ];

        Assert.All(all, each => Assert.Null(CoordinationState.FindFault("", each)));
        Assert.All(all, each => Assert.InRange(
            JsonSerializer.SerializeToUtf8Bytes<Command>(each, CoordinationJson.Default.Command).Length, 50_000, 63_000));
    }

    private static void PutMany(ItemTransaction transaction, int count, string value)
    {
        for (var i = 0; i < count; i++)
        {
            transaction.Put($"{i}", value);
        }
    }

    private Answer Commit(params ItemPart[] parts) => Apply(Command.Commit.Key, new Command.Commit([.. parts], 0));

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
