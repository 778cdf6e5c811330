namespace RaftActors.Tests.Groups;

/// <summary>A writer sends what no client of this library sends, to take a request number that a process or another client needs.</summary>
public sealed class ForgedOriginTests : VirtualGroupTest
{
    // More than a session remembers, so that lower numbers would be forgotten.
    private const int Flood = 300;

    private static readonly TimeSpan VirtualDay = TimeSpan.FromDays(1);

    private readonly TestProbe _client;

    public ForgedOriginTests() => _client = CreateTestProbe();

    [Fact]
    public void Writer_that_claims_the_next_numbers_of_a_process_takes_none_of_its_appends()
    {
        Group.Found(0, 0);
        var first = Append("raft1", "bill", "paid");
        var (name, incarnation, number) = (first.Request.Origin, first.Request.Incarnation, first.Request.Number);
        for (var next = number + 1; next <= number + Flood; next++)
        {
            Send("raft1", new ClientSession(incarnation.Value), next, "forged", isRetry: next % 2 == 0);
        }

        Send("raft1", new ClientSession(incarnation.Value), long.MaxValue, "forged");
        var stolen = Collect(Flood + 1);
        var second = Append("raft1", "bill", "sent");

        Assert.Equal(name, second.Request.Origin);
        Assert.InRange(second.Request.Number, number + 1, number + Flood);
        Assert.True(second.Serial > stolen.Max(each => each.Serial));
        Assert.All(stolen, each => Assert.NotEqual(name, each.Request.Origin));
    }

    [Fact]
    public void Client_that_sends_an_append_again_appends_it_once()
    {
        Group.Found(0, 0);
        var session = ClientSession.New();

        Send("raft1", session, 1, "paid");
        var first = Collect(1)[0];
        Send("raft1", session, 1, "paid", isRetry: true);
        var second = Collect(1)[0];
        Send("raft1", session, 2, "sent");

        Assert.Equal((first.Serial, first.Request), (second.Serial, second.Request));
        Assert.Equal(first.ResultOr(-1), second.ResultOr(-2));
        Assert.Equal(first.Serial.Next, Collect(1)[0].Serial);
    }

    [Fact]
    public void Writer_that_claims_the_origin_of_another_client_takes_none_of_its_appends()
    {
        Group.Found(0, 0);
        var victim = ClientSession.New();
        Send("raft1", victim, 1, "paid");
        var first = Collect(1)[0];

        Send("raft1", new ClientSession(first.Request.Incarnation.Value), 2, "forged");
        var stolen = Collect(1)[0];
        Send("raft1", victim, 2, "sent");
        var second = Collect(1)[0];

        Assert.NotEqual(first.Request.Incarnation, stolen.Request.Incarnation);
        Assert.Equal((stolen.Serial.Next, true), (second.Serial, second.HasResult));
    }

    [Fact]
    public void Explanation_for_a_client_tells_no_request_number()
    {
        Group.Found(0, 0);
        var append = Append("raft1", "bill", "paid");

        Group.Call("raft1", new ClientCall.Explain(), _client);
        var explanation = Collect<Outcome<string>>();

        Assert.Equal(new RequestRef(append.Request.Origin, append.Request.Incarnation, 0), explanation.Request);
        Assert.DoesNotContain($"{append.Request.Number}", explanation.Result);
    }

    private void Send(string process, ClientSession session, long number, string value, bool isRetry = false)
    {
        var bytes = new ValueCodec<string>(Sys).Encode(value);
        Group.Call(process, new ClientCall.Append(session, number, "key", bytes, VirtualDay, isRetry), _client);
    }

    private Outcome<int> Append(string process, string key, string value)
    {
        Group.Actors[process].Tell(new Recorder.Append(key, value, VirtualDay), _client);
        return Collect(1)[0];
    }

    private List<Outcome<int>> Collect(int count) => [.. Enumerable.Range(0, count).Select(_ => Collect<Outcome<int>>())];

    private T Collect<T>()
    {
        for (var ticks = 0; ticks < 1000 && !_client.HasMessages; ticks++)
        {
            Group.Advance();
        }

        return _client.ExpectMsg<T>(Guard);
    }
}
