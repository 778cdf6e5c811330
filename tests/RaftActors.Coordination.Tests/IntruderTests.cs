namespace RaftActors.Coordination.Tests;

/// <summary>Clients that have read the numbers of another program's session and claims, and append whatever they like.</summary>
[Collection(SharedNodes.Name)]
public sealed class IntruderTests(SharedNodes shared)
{
    private static readonly Guid Owner = new("aaaaaaaa-0000-0000-0000-000000000000");
    private static readonly Guid Intruder = new("bbbbbbbb-0000-0000-0000-000000000000");

    private const string AnyClient = "any client", ClientOfSession = "the client of the session", AnOperator = "an operator";

    private static readonly (Command Command, string Who)[] Rights =
    [
        (new Command.Open(TimeSpan.FromSeconds(9)), AnyClient),
        (new Command.Renew(1), ClientOfSession),
        (new Command.Close(1), ClientOfSession),
        (new Command.Acquire(1, 2, 1, true, null), ClientOfSession),
        (new Command.Release(1, 1), ClientOfSession),
        (new Command.Break(2, 1), AnOperator),
        (new Command.End(1), AnOperator),
        (new Command.Put("", null, 0, null), AnyClient),
        (new Command.Put("", null, 1, null), ClientOfSession),
        (new Command.Add(1), AnyClient),
        (new Command.Delete(null), AnyClient),
        (new Command.Commit([new("a", Value: "")], 0), AnyClient),
        (new Command.Commit([new("a", Value: "", OfSession: true)], 1), ClientOfSession),
    ];

    [Fact]
    public void Each_command_has_its_rights()
    {
        Assert.Equal(
            typeof(Command).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Command))).ToHashSet(),
            Rights.Select(each => each.Command.GetType()).ToHashSet());

        Assert.Equal(Rights, Rights.Select(each => (each.Command, WhoMay(each.Command))));
    }

    // A state and its snapshot obey the same clients, and a refused command changes nothing.
    private static string WhoMay(Command command)
    {
        var obeyed = "";
        foreach (var client in (Guid?[])[Owner, Owner, Intruder, Intruder, null, null])
        {
            var state = obeyed.Length % 2 == 0 ? NewState() : CoordinationState.Of(NewState().ToImage());
            var before = Bytes(state);
            var isObeyed = state.Apply("billing", command, 3, client) is not Answer.NoSession;
            Assert.True(isObeyed || (state.Touched.Count == 0 && before.SequenceEqual(Bytes(state))));
            obeyed += isObeyed ? "+" : "-";
        }

        return Command.IsOfOperators(command) ? AnOperator : obeyed switch
        {
            "++++++" => AnyClient,
            "++----" => ClientOfSession,
            _ => obeyed,
        };
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2 + CoordinationState.ClaimsMax)]
    [InlineData(long.MaxValue)]
    public void Claim_whose_number_cannot_be_under_way_is_refused(long claim)
    {
        var state = NewState();

        Assert.IsType<Answer.Refused>(state.Apply("mail", new Command.Release(1, claim), 3, Owner));
        Assert.IsType<Answer.Refused>(state.Apply("mail", new Command.Acquire(1, claim, 1, true, null), 4, Owner));

        Assert.Equal(new Answer.Granted(5), state.Apply("mail", new Command.Acquire(1, 2, 1, true, null), 5, Owner));
    }

    [Fact]
    public async Task No_writer_takes_a_lock_from_its_holder_or_keeps_the_group_from_granting_others()
    {
        await using var held = await shared.All[0].Coordination.LockAsync("billing").WaitAsync(Guard);
        await using var intruder = Raft.Get(shared.All[2].System).CreateClient(
            "coordination",
            codec: RaftCodec.Json(CoordinationJson.Default.Command),
            resultCodec: RaftCodec.Json(CoordinationJson.Default.Answer));
        var view = JsonSerializer.Deserialize(
            (await intruder.QueryAsync<byte[]>(CoordinationJson.ToBytes(new Question.OfLock("billing", null)), Guard)).Result,
            CoordinationJson.Default.LockView)!;
        var holder = Assert.Single(view.Holders);

        Assert.Equal(new Answer.NoSession(), await AppendAsync(new Command.Release(holder.Session, holder.Claim)));
        Assert.Equal(new Answer.NoSession(), await AppendAsync(new Command.Release(holder.Session, long.MaxValue)));
        Assert.Equal(new Answer.NoSession(), await AppendAsync(new Command.Close(holder.Session)));

        await using var untyped = Raft.Get(shared.All[1].System).CreateClient<object?, object?>("coordination");
        var none = (await untyped.AppendAsync("x", null, Guard)).NotDone();
        Assert.Equal(FailureReason.Invalid, none.Reason);

        Assert.True(held.IsHeld);
        Assert.Null(await shared.All[1].Coordination.TryLockAsync("billing").WaitAsync(Guard));
        await using var other = await shared.All[0].Coordination.LockAsync("mail").WaitAsync(Guard);

        async Task<Answer> AppendAsync(Command command)
        {
            return (await intruder.AppendAsync("billing", command, Guard)).Result;
        }
    }

    private static CoordinationState NewState()
    {
        var state = new CoordinationState();
        state.Apply("a", new Command.Open(TimeSpan.FromSeconds(9)), 1, Owner);
        state.Apply("billing", new Command.Acquire(1, 1, 1, true, null), 2, Owner);
        return state;
    }

    private static byte[] Bytes(CoordinationState state) =>
        JsonSerializer.SerializeToUtf8Bytes(state.ToImage(), CoordinationJson.Default.CoordinationImage);
}
