namespace RaftActors.Tests.Groups;

/// <summary>Appends that are repeated under a request key, by clients and by actors.</summary>
public sealed class RequestKeyTests : VirtualGroupTest
{
    private static readonly TimeSpan VirtualDay = TimeSpan.FromDays(1);

    [Fact]
    public async Task Calls_of_two_clients_with_one_key_append_one_pair()
    {
        Group.Found(0, 0);
        var calls = new[] { NewClient(), NewClient() }.Select(client => Append(client, "bill", "paid", "order 7")).ToList();

        var outcomes = new[] { await EndOf(calls[0]), await EndOf(calls[1]) };

        Assert.All(outcomes, outcome => Assert.Equal((new Serial(1), "paid".Length), (outcome.Serial, outcome.ResultOr(-1))));
        Assert.Equal(new Serial(1), Group.StatusOf("raft1").Delivered);
    }

    [Fact]
    public async Task Client_that_was_created_anew_repeats_a_call_and_gets_the_first_outcome()
    {
        Group.Found(0, 0);
        var first = await EndOf(Append(NewClient(), "bill", "paid", "order 7"));

        // The value is not compared.
        var second = await EndOf(Append(NewClient(), "bill", "paid twice", "order 7"));
        var other = await EndOf(Append(NewClient(), "bill", "paid", "order 8"));

        Assert.Equal((new Serial(1), "paid".Length), (first.Serial, first.ResultOr(-1)));
        Assert.Equal((new Serial(1), "paid".Length), (second.Serial, second.ResultOr(-1)));
        Assert.Equal((new Serial(2), "paid".Length), (other.Serial, other.ResultOr(-1)));
    }

    [Fact]
    public async Task Another_leader_answers_the_repeat_of_a_client_with_the_first_result()
    {
        Group.Found(0, 0);
        var client = NewClient();
        await EndOf(Append(client, "bill", "paid", "order 7"));
        Group.Actors["raft1"].Tell(new Recorder.Transfer(new ProcessName("raft2@node1")), TestActor);
        Group.AdvanceUntil("raft2", "leads");

        var second = await EndOf(Append(client, "bill", "paid", "order 7"));

        Assert.Equal((new Serial(1), "paid".Length), (second.Serial, second.ResultOr(-1)));
    }

    [Fact]
    public void Repeat_of_an_actor_ends_with_the_first_outcome_and_without_a_callback_on_any_process()
    {
        Group.Found(0, 0);
        Group.Actors["raft3"].Tell(new Recorder.Append("bill", "paid", RequestKey: "order 7"), TestActor);
        Group.AdvanceUntil("raft3", "append 1 bill=paid own");
        ExpectMsg<Outcome<int>>(done => Assert.Equal((new Serial(1), "paid".Length), (done.Serial, done.ResultOr(-1))), Guard);

        foreach (var name in (string[])["raft3", "raft2", "raft1"])
        {
            Group.Actors[name].Tell(new Recorder.Append("bill", "paid", RequestKey: "order 7"), TestActor);
            Group.Advance(5);

            ExpectMsg<Outcome<int>>(done => Assert.Equal((new Serial(1), "paid".Length), (done.Serial, done.ResultOr(-1))), Guard);
        }

        Group.Actors["raft3"].Tell(new Recorder.Append("bill", "open"), TestActor);
        Assert.Equal(["append 2 bill=open own"], Group.AdvanceUntil("raft3", "append 2 bill=open own"));
    }

    [Fact]
    public void Known_key_is_not_shown_to_HandleProposal()
    {
        Group.Found(0, 0);
        Group.Actors["raft1"].Tell(new Recorder.Append("bill", "paid", RequestKey: "order 7"), TestActor);
        Group.AdvanceUntil("raft1", "append 1 bill=paid own");
        ExpectMsg<Outcome<int>>(_ => { }, Guard);

        // HandleProposal discards this value.
        Group.Actors["raft2"].Tell(new Recorder.Append("bill", "no", RequestKey: "order 7"), TestActor);
        Group.Advance(5);

        ExpectMsg<Outcome<int>>(done => Assert.Equal(new Serial(1), done.Serial), Guard);
    }

    [Fact]
    public void Key_without_a_text_or_with_half_a_surrogate_pair_is_refused()
    {
        Assert.Throws<ArgumentException>(() => HashedKey.Of(new RequestKey("")));
        Assert.Throws<ArgumentException>(() => HashedKey.Of(default));
        Assert.ThrowsAny<ArgumentException>(() => HashedKey.Of(new RequestKey(new string('\ud800', 1))));
    }

    [Fact]
    public void Key_is_hashed_by_its_text_in_utf8()
    {
        // echo -n 'order 7' | sha256sum
        var hash = HashedKey.Of(new RequestKey("order 7", new Serial(3)));

        Assert.Equal("0fc89f8ae19394b48debd6353bb9ad33", Convert.ToHexStringLower(hash.Hash.Value.ToByteArray()));
        Assert.Equal(new Serial(3), hash.Since);
    }

    private static Task<Outcome<int>> Append(RaftClient<string, int> client, string key, string value, string requestKey) =>
        client.AppendAsync(key, value, VirtualDay, requestKey: requestKey);

    private RaftClient<string, int> NewClient() => Raft.Get(Sys).CreateClient<string, int>();

    /// <summary>Advances the clock until the call has ended.</summary>
    private async Task<Outcome<int>> EndOf(Task<Outcome<int>> call)
    {
        for (var ticks = 0; ticks < 1000 && !call.IsCompleted; ticks++)
        {
            Group.Advance();
        }

        return (await call.WaitAsync(Guard)).OrThrow();
    }
}
