namespace RaftActors.Tests.Groups;

/// <summary>Clients that append batches to a group: all pairs of each, or none.</summary>
public sealed class BatchGroupTests : VirtualGroupTest
{
    private static readonly TimeSpan VirtualDay = TimeSpan.FromDays(1);

    private readonly RaftClient<string, int> _client;

    public BatchGroupTests()
    {
        Group.Found(0, 0);
        _client = Raft.Get(Sys).CreateClient<string, int>();
    }

    [Fact]
    public async Task Pairs_of_a_batch_follow_each_other_on_each_process_and_can_be_fetched_one_by_one()
    {
        await EndOf(_client.AppendAsync("before", "1", VirtualDay));
        var outcome = await EndOf(_client.AppendManyAsync([("a", "1"), ("b", "22"), ("c", "333")], VirtualDay));
        Assert.Equal((new Serial(4), 3), (outcome.OrThrow().Serial, outcome.ResultOr(-1)));
        Assert.Equal(new Serial(5), (await EndOf(_client.AppendAsync("behind", "1", VirtualDay))).Serial);

        foreach (var name in (string[])["raft1", "raft2", "raft3"])
        {
            Group.AdvanceUntil(name, "append 2 a=1");
            Group.AdvanceUntil(name, "append 3 b=22");
            Group.AdvanceUntil(name, "append 4 c=333");
            Group.AdvanceUntil(name, "append 5 behind=1");
        }

        for (var serial = 1; serial <= 5; serial++)
        {
            var pair = (await EndOf(_client.GetAsync(new Serial(serial), VirtualDay))).Result!;
            Assert.Equal(((string[])["before", "a", "b", "c", "behind"])[serial - 1], pair.Key);
        }
    }

    [Fact]
    public async Task Batch_with_a_pair_that_HandleProposal_discards_is_not_appended()
    {
        var outcome = await EndOf(_client.AppendManyAsync([("a", "1"), ("b", "no"), ("c", "3")], VirtualDay));

        Assert.Equal(FailureReason.Discarded, outcome.NotDone().Reason);
        Assert.StartsWith("Pair 2 of 3: no from ", outcome.NotDone().Detail);
        Assert.Equal(new Serial(1), (await EndOf(_client.AppendAsync("a", "1", VirtualDay))).Serial);
    }

    [Fact]
    public async Task Batch_with_a_pair_that_the_actors_cannot_read_is_not_appended()
    {
        await using var client = Raft.Get(Sys).CreateClient<object, int>();

        var outcome = await EndOf(client.AppendManyAsync([("a", "text"), ("b", 17)], VirtualDay));

        Assert.Equal(FailureReason.Invalid, outcome.NotDone().Reason);
        Assert.Equal(new Serial(1), (await EndOf(_client.AppendAsync("a", "1", VirtualDay))).Serial);
    }

    [Fact]
    public async Task Batch_with_a_request_key_is_appended_once_also_at_another_leader()
    {
        var first = await EndOf(_client.AppendManyAsync([("a", "1"), ("b", "22")], VirtualDay, "order 7"));
        Group.Actors["raft1"].Tell(new Recorder.Transfer(new ProcessName("raft2@node1")), TestActor);
        Group.AdvanceUntil("raft2", "leads");
        var second = await EndOf(_client.AppendManyAsync([("a", "1"), ("b", "22")], VirtualDay, "order 7"));

        Assert.Equal((new Serial(2), 2), (first.Serial, first.ResultOr(-1)));
        Assert.Equal((new Serial(2), 2), (second.Serial, second.ResultOr(-1)));
    }

    [Fact]
    public async Task Batch_names_the_serial_before_its_first_pair()
    {
        await EndOf(_client.AppendAsync("a", "1", VirtualDay));

        var late = await EndOf(_client.AppendManyAsync([("a", "2"), ("b", "2")], VirtualDay, ifSerial: Serial.Zero));
        var done = await EndOf(_client.AppendManyAsync([("a", "2"), ("b", "2")], VirtualDay, ifSerial: new Serial(1)));

        Assert.Equal(FailureReason.Outdated, late.NotDone().Reason);
        Assert.Equal(new Serial(3), done.Serial);
    }

    [Fact]
    public async Task Batch_that_no_entry_of_the_log_holds_is_refused_in_the_call()
    {
        async Task<string> Refused(params (string, string)[] pairs) =>
            (await Assert.ThrowsAnyAsync<ArgumentException>(() => _client.AppendManyAsync(pairs))).Message;

        Assert.Contains("has 0 pairs; it must have 1 to 1024", await Refused());
        Assert.Contains("has 1025 pairs", await Refused([.. Enumerable.Repeat(("a", ""), 1025)]));
        Assert.Contains("batch of 2 pairs has 80", await Refused(("a", new string('x', 40_000)), ("b", new string('x', 40_000))));
    }

    [Fact]
    public async Task Batch_of_one_is_a_pair()
    {
        var outcome = await EndOf(_client.AppendManyAsync([("a", "1")], VirtualDay));

        Assert.Equal(new Serial(1), outcome.Serial);
        Group.AdvanceUntil("raft3", "append 1 a=1");
    }

    /// <summary>Advances the clock until the call has ended.</summary>
    private async Task<T> EndOf<T>(Task<T> call)
    {
        for (var ticks = 0; ticks < 1000 && !call.IsCompleted; ticks++)
        {
            Group.Advance();
        }

        return await call.WaitAsync(Guard);
    }
}
