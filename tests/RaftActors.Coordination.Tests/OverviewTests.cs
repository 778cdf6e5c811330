namespace RaftActors.Coordination.Tests;

/// <summary>Sessions and locks as people see them.</summary>
public sealed class OverviewTests
{
    private static readonly Question.OfOverview All = new((string?)null);

    private readonly Replica _replica;
    private readonly Dictionary<string, TimeSpan> _left = [];
    private long _serial;

    public OverviewTests() => _replica = new Replica((name, after) => _left[name] = after.GetValueOrDefault());

    [Fact]
    public void Lock_has_its_holders_and_waiting_claims_in_their_order()
    {
        var (one, other) = (Open("one"), Open("other"));
        Acquire("billing", one, 1, "printer");
        var token = _serial;
        Acquire("billing", other, 1);
        Acquire("billing", one, 2);

        var found = Assert.Single(Describe(All).Locks);

        Assert.Equal(("billing", 1, 1, 2), (found.Name, found.Permits, found.HolderCount, found.WaitingCount));
        Assert.Equal(new RaftClaim("one", one, 1, token, "printer"), Assert.Single(found.Holders));
        Assert.Equal(["other", "one"], found.Waiting.Select(claim => claim.Owner));
    }

    [Fact]
    public void Locks_that_most_claims_wait_for_come_first()
    {
        var session = Open("one");
        for (var i = 0; i < 5; i++)
        {
            Acquire($"{i}", session, i);
        }

        Acquire("3", session, 5);
        Acquire("1", session, 6);
        Acquire("3", session, 7);

        var found = Describe(All);

        Assert.Equal(["3", "1", "0", "2", "4"], found.Locks.Select(each => each.Name));
        Assert.Equal([2, 1, 0, 0, 0], found.Locks.Select(each => each.WaitingCount));
        Assert.Equal(5, found.LockCount);
    }

    [Fact]
    public void Session_without_renewals_comes_first_and_has_the_time_that_is_left()
    {
        Open("a");
        var late = Open("z");
        Pass(TimeSpan.FromSeconds(6));
        var fresh = Open("b");
        Pass(TimeSpan.FromSeconds(3));

        var found = Describe(All).Sessions;

        Assert.Equal([("a", true), ("z", true), ("b", false)], found.Select(each => (each.Owner, each.IsLate)));
        Assert.Equal((late, TimeSpan.FromSeconds(1)), (found[1].Id, found[1].Left));
        Assert.Equal((fresh, TimeSpan.FromSeconds(7)), (found[2].Id, found[2].Left));
    }

    [Fact]
    public void Answer_is_bounded_with_as_many_sessions_and_claims_as_there_can_be()
    {
        // Each character takes six in JSON.
        var hostile = new string('<', CoordinationState.TextMax - 8);
        var locks = Enumerable.Range(0, 500).Select(i => $"{i:00000000}{hostile}").ToArray();
        for (var i = 0; i < CoordinationState.SessionsMax; i++)
        {
            var session = Open($"{i:00000000}{hostile}");
            for (var claim = 0; claim < CoordinationState.ClaimsMax / CoordinationState.SessionsMax; claim++)
            {
                Acquire(locks[i % 500], session, claim, hostile);
            }
        }

        var found = Describe(All);
        var name = found.Locks[0].Name;
        var one = Describe(new Question.OfOverview(name));

        Assert.Equal((CoordinationState.SessionsMax, 500), (found.SessionCount, found.LockCount));
        Assert.Equal((RaftOverview.RowsMax, RaftOverview.RowsMax), (found.Sessions.Length, found.Locks.Length));
        Assert.Equal((name, 199, RaftOverview.LockClaimsMax), (one.Locks[0].Name, one.Locks[0].WaitingCount, one.Locks[0].Waiting.Length));
        Assert.InRange(CoordinationJson.ToBytes(found).Length, 0, 2 << 20);
        Assert.InRange(CoordinationJson.ToBytes(one).Length, 0, 1 << 20);
    }

    [Fact]
    public void Lock_that_nobody_claims_is_not_there()
    {
        Open("one");

        Assert.Empty(Describe(new Question.OfOverview("billing")).Locks);
        Assert.Equal(1, Describe(new Question.OfOverview("billing")).SessionCount);
    }

    [Fact]
    public void Long_text_is_cut_between_characters()
    {
        Assert.Equal($"{new string('x', 199)}…", RaftOverview.Short(new string('x', 199) + "\U0001F600y"));
        Assert.Equal(new string('x', 200), RaftOverview.Short(new string('x', 200)));
    }

    private RaftOverview Describe(Question.OfOverview question) => _replica.Describe("coordination@a", question, _left);

    private void Pass(TimeSpan time)
    {
        foreach (var name in _left.Keys)
        {
            _left[name] -= time;
        }
    }

    private long Open(string owner)
    {
        Apply(owner, new Command.Open(TimeSpan.FromSeconds(10)));
        return _serial;
    }

    private void Acquire(string name, long session, long claim, string? text = null) =>
        Apply(name, new Command.Acquire(session, claim, 1, true, text));

    private void Apply(string name, Command command) => _replica.Apply(name, command, ++_serial);
}
