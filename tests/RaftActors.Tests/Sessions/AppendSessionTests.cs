using RaftActors.Sessions;

namespace RaftActors.Tests.Sessions;

public sealed class AppendSessionTests
{
    private static readonly ClientSession Session = new(new Guid(7, 0, 0, new byte[8]));
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1);
    private static readonly RaftFailure Unsent = RaftFailure.NotDone(FailureReason.Closed, "disposed");
    private const int MaxBytes = 10_000;

    private readonly AppendSession<ClientAppend> _appends;
    private readonly List<Sent> _sent = [];
    private readonly Link _link = new();
    private TimeSpan _now;
    private bool _isConnected = true;

    public AppendSessionTests() => _appends = new AppendSession<ClientAppend>(() => Session.Origin, AttemptTimeout, MaxBytes, Take);

    [Fact]
    public void Silent_append_is_sent_again_with_its_number_as_a_retry_and_ever_more_rarely()
    {
        Add();
        SendWaiting();

        Pass(1);
        Pass(1);
        Pass(1);

        Assert.Equal([(1L, false), (1, true), (1, true)], _sent.Select(call => (call.Number, call.IsRetry)));
    }

    [Fact]
    public void Attempt_timeout_doubles_up_to_32_times_the_first_one()
    {
        Add(TimeSpan.FromHours(1));
        SendWaiting();
        List<double> sentAt = [];
        while (sentAt.Count < 7)
        {
            var before = _sent.Count;
            Pass(1);
            if (_sent.Count > before)
            {
                sentAt.Add(_now.TotalSeconds);
            }
        }

        Assert.Equal([1, 3, 7, 15, 31, 63, 95], sentAt);
    }

    [Fact]
    public void Refusal_of_the_only_attempt_is_definite()
    {
        var append = Add();
        SendWaiting();

        Answer(1, RaftFailure.NotDone(FailureReason.Discarded, "no"));

        Assert.Equal(RaftFailure.NotDone(FailureReason.Discarded, "no"), EndOf(append));
        Assert.False(_appends.IsOpen);
    }

    [Fact]
    public void Refusal_of_a_retry_is_not_definite_because_the_first_attempt_may_still_arrive()
    {
        var append = Add(TimeSpan.FromSeconds(5));
        SendWaiting();
        Pass(1);

        Answer(1, RaftFailure.NotDone(FailureReason.Discarded, "no"));
        Assert.False(append.Task.IsCompleted);
        Pass(4);

        Assert.Equal(RaftFailure.Unknown(FailureReason.TimedOut), EndOf(append));
    }

    [Fact]
    public void Retry_that_was_overtaken_is_definite_because_no_attempt_can_be_appended_any_more()
    {
        var append = Add();
        SendWaiting();
        Pass(1);
        var overtaken = RaftFailure.NotDone(FailureReason.Outdated, "no");

        Answer(1, overtaken);

        Assert.Equal(overtaken, EndOf(append));
    }

    [Fact]
    public void Retry_that_was_refused_is_sent_again_after_its_attempt_timeout()
    {
        Add();
        SendWaiting();
        Pass(1);
        Answer(1, RaftFailure.NotDone(FailureReason.Discarded, "no"));

        Pass(1);
        Assert.Equal(2, _sent.Count);
        Pass(1);
        Assert.Equal(3, _sent.Count);
    }

    [Theory]
    [InlineData(FailureReason.NoLeader)]
    [InlineData(FailureReason.Stopped)]
    public void Append_that_a_process_could_not_place_is_sent_again_as_a_first_attempt(FailureReason reason)
    {
        var append = Add();
        SendWaiting();

        Answer(1, RaftFailure.NotDone(reason, "elsewhere"));
        Pass(0);

        Assert.Equal([false, false], _sent.Select(call => call.IsRetry));
        Assert.False(append.Task.IsCompleted);
    }

    [Fact]
    public void Retry_that_a_process_could_not_place_is_sent_again_as_a_retry()
    {
        Add();
        SendWaiting();
        Pass(1);

        Answer(1, RaftFailure.NotDone(FailureReason.NoLeader, "elsewhere"));
        Pass(0);

        Assert.Equal([false, true, true], _sent.Select(call => call.IsRetry));
    }

    [Fact]
    public void Retry_that_a_process_lost_is_sent_again_and_a_forgotten_one_is_not()
    {
        var (first, second) = (Add(), Add());
        SendWaiting();

        Answer(1, RaftFailure.Unknown(FailureReason.TimedOut));
        Answer(2, RaftFailure.Unknown(FailureReason.Forgotten));
        Pass(0);

        Assert.Equal([1L, 2, 1], _sent.Select(call => call.Number));
        Assert.False(first.Task.IsCompleted);
        Assert.Equal(RaftFailure.Unknown(FailureReason.Forgotten), EndOf(second));
    }

    [Theory]
    [InlineData(FailureReason.Forgotten, true)]
    [InlineData(FailureReason.Stopped, false)]
    [InlineData(FailureReason.TimedOut, false)]
    public void Unknown_outcome_ends_the_append_only_if_no_further_attempt_could_tell_more(FailureReason reason, bool ends)
    {
        var append = Add();
        SendWaiting();

        Answer(1, RaftFailure.Unknown(reason));
        Pass(0);

        Assert.Equal((ends, ends ? 1 : 2), (append.Task.IsCompleted, _sent.Count));
    }

    [Fact]
    public void Append_that_each_process_refused_until_its_deadline_ends_with_the_latest_refusal()
    {
        var append = Add(TimeSpan.FromSeconds(5));
        for (var second = 0; second < 5; second++)
        {
            SendWaiting();
            Answer(1, RaftFailure.NotDone(FailureReason.Stopped, $"held {second}"));
            if (second < 4)
            {
                Pass(1);
            }
        }

        Pass(1);

        Assert.Equal(RaftFailure.NotDone(FailureReason.Stopped, "held 4"), EndOf(append));
    }

    [Fact]
    public async Task Open_numbers_span_no_more_than_a_session_holds()
    {
        var appends = Enumerable.Range(0, 600).Select(_ => Add()).ToList();
        SendWaiting();
        Assert.Equal(SentAppends.Span, _sent.Count);

        // The lowest number is open, so later ones that are done make no room.
        Done(2);
        SendWaiting();
        Assert.Equal(SentAppends.Span, _sent.Count);

        Done(1);
        SendWaiting();
        Assert.Equal(SentAppends.Span + 2, _sent.Count);
        Assert.Equal(new Serial(1), (await appends[0].Task).OrThrow().Serial);
    }

    [Fact]
    public void Append_with_a_lower_number_than_one_under_way_leaves_that_one_open_and_ends_too()
    {
        ClientAppend<int> Numbered(long number) => new(new("key", default), TimeSpan.FromSeconds(9)) { Number = number };
        ClientAppend<int>[] appends = [Numbered(6), Numbered(5), Numbered(300), Numbered(7)];
        Array.ForEach(appends, append => _appends.Add(append, _now, mayGo: true));
        Assert.Equal([6L, 5], _sent.Select(call => call.Number));

        Done(6);
        Done(5);
        SendWaiting();

        Assert.Equal([6L, 5, 300], _sent.Select(call => call.Number));
        Done(300);
        SendWaiting();
        Done(7);
        Assert.All(appends, append => Assert.True(append.Task.IsCompletedSuccessfully));
    }

    [Fact]
    public void Appends_under_way_have_no_more_bytes_than_allowed_and_one_of_any_size_goes()
    {
        AddOf(MaxBytes + 1);
        AddOf(MaxBytes / 2);
        AddOf(MaxBytes / 2);
        SendWaiting();
        Assert.Single(_sent);

        Done(1);
        SendWaiting();

        Assert.Equal([1L, 2], _sent.Select(call => call.Number));
    }

    [Fact]
    public void New_route_gets_all_open_appends_in_their_order()
    {
        _ = Enumerable.Range(0, 3).Select(_ => Add()).ToList();
        SendWaiting();
        Done(2);
        Add();

        _sent.Clear();
        _appends.SendAll(_now);

        Assert.Equal([(1L, true), (3, true), (4, false)], _sent.Select(call => (call.Number, call.IsRetry)));
    }

    [Fact]
    public void Later_append_waits_while_a_retry_of_an_earlier_one_is_refused()
    {
        var first = Go();
        Go();
        _appends.OnLost(first, wasSent: true, _now);
        Pass(0);
        Answer(1, RaftFailure.NotDone(FailureReason.Busy, "busy"));
        Answer(2, RaftFailure.NotDone(FailureReason.Stopped, "held"));
        _sent.Clear();

        Go();
        Pass(1);
        SendWaiting();
        Assert.Empty(_sent);
        Pass(1);
        SendWaiting();

        Assert.Equal([1L, 2, 3], _sent.Select(call => call.Number));
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("lost")]
    [InlineData("not taken")]
    public void Later_append_waits_until_those_before_it_are_under_way_again(string how)
    {
        _isConnected = how != "not taken";
        var first = Go();
        if (how == "refused")
        {
            Answer(1, RaftFailure.NotDone(FailureReason.Stopped, "held"));
        }
        else if (how == "lost")
        {
            _appends.OnLost(first, wasSent: false, _now);
        }

        _isConnected = true;
        _sent.Clear();
        Go();
        SendWaiting();
        Assert.Empty(_sent);
        Pass(0);
        SendWaiting();
        Go();

        Assert.Equal([1L, 2, 3], _sent.Select(call => call.Number));
    }

    [Fact]
    public void Open_appends_that_a_new_route_did_not_take_go_before_later_ones()
    {
        _ = (Go(), Go());
        _sent.Clear();
        _isConnected = false;
        _appends.SendAll(_now);
        _isConnected = true;

        Go();
        Pass(0);
        SendWaiting();

        Assert.Equal([1L, 2, 3], _sent.Select(call => call.Number));
    }

    [Fact]
    public void Refused_append_that_is_cancelled_holds_up_no_other_one()
    {
        var refused = Go();
        Answer(1, RaftFailure.NotDone(FailureReason.Stopped, "held"));

        _appends.Cancel(refused);
        Go();

        Assert.Equal([1L, 2], _sent.Select(call => call.Number));
    }

    [Fact]
    public void Cancelled_append_is_definite_only_if_it_was_not_sent()
    {
        var sent = Add();
        SendWaiting();
        var waiting = Add();

        _appends.Cancel(sent);
        _appends.Cancel(waiting);

        Assert.Equal(RaftFailure.Unknown(FailureReason.Canceled), EndOf(sent));
        Assert.Equal(FailureReason.Canceled, EndOf(waiting)?.Reason);
        Assert.False(_appends.IsOpen);
    }

    [Fact]
    public void Closing_ends_unsent_appends_at_once_and_sent_ones_when_the_grace_is_over()
    {
        var sent = Add();
        SendWaiting();
        var waiting = Add();

        _appends.Close(Unsent, sent: null);
        Assert.Equal(FailureReason.Closed, EndOf(waiting)?.Reason);
        Assert.False(sent.Task.IsCompleted);

        _appends.Close(Unsent, RaftFailure.Unknown(FailureReason.Closed));
        Assert.Equal(RaftFailure.Unknown(FailureReason.Closed), EndOf(sent));
        Assert.Equal(FailureReason.Closed, EndOf(Add())?.Reason);
    }

    [Fact]
    public void Outcome_for_another_client_is_ignored()
    {
        var append = Add();
        SendWaiting();

        var request = new RequestRef(Session.Origin.Name, Incarnation.None, 1);
        _appends.Receive(new Outcome<int> { Serial = new Serial(1), Result = 1, Request = request }, _now);

        Assert.False(append.Task.IsCompleted);
    }

    [Fact]
    public void Second_outcome_of_a_request_does_not_end_a_later_append()
    {
        Add();
        SendWaiting();
        Done(1);
        var later = Enumerable.Range(0, SentAppends.Span).Select(_ => Add()).ToList();
        SendWaiting();

        Done(1);

        Assert.Equal(SentAppends.Span + 1, _sent[^1].Number);
        Assert.All(later, append => Assert.False(append.Task.IsCompleted));
    }

    [Fact]
    public void Outcome_of_a_number_that_was_not_given_yet_does_not_end_an_open_append()
    {
        var append = Add();
        SendWaiting();

        Done(1 + SentAppends.Span);

        Assert.False(append.Task.IsCompleted);
    }

    [Fact]
    public void Append_of_an_earlier_life_of_the_client_that_is_cancelled_leaves_the_one_with_its_number_open()
    {
        var old = new ClientAppend<int>(new("key", default), TimeSpan.FromMinutes(1));
        var origin = new ClientSession(new Guid(8, 0, 0, new byte[8])).Origin;
        AppendSession<ClientAppend> before = new(() => origin, AttemptTimeout, MaxBytes, _ => true);
        before.Add(old, _now, mayGo: false);
        before.SendWaiting(_now);
        var append = Add();
        SendWaiting();

        _appends.Cancel(old);
        Done(1);

        Assert.True(append.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void Append_that_ended_before_the_connection_has_it_is_not_sent()
    {
        var append = new ClientAppend<int>(new("key", default), TimeSpan.FromMinutes(1));
        _appends.Cancel(append);

        _appends.Add(append, _now, mayGo: false);
        SendWaiting();

        Assert.Empty(_sent);
        Assert.False(_appends.IsOpen);
    }

    [Fact]
    public void Append_that_is_sent_at_once_has_its_whole_timeout()
    {
        _now = TimeSpan.FromMinutes(5);
        var append = new ClientAppend<int>(new("key", default), TimeSpan.FromSeconds(2));

        _appends.Add(append, _now, mayGo: true);
        Pass(1);
        Assert.False(append.Task.IsCompleted);
        Pass(1);

        Assert.Equal(RaftFailure.Unknown(FailureReason.TimedOut), EndOf(append));
    }

    [Fact]
    public void Append_that_no_connection_took_is_sent_as_a_first_attempt_as_soon_as_one_does()
    {
        _isConnected = false;
        Add();
        SendWaiting();
        Pass(0);
        Assert.Empty(_sent);

        _isConnected = true;
        Pass(0);

        Assert.Equal([(1L, false)], _sent.Select(call => (call.Number, call.IsRetry)));
    }

    [Fact]
    public void Append_that_no_connection_took_until_its_deadline_is_not_committed()
    {
        _isConnected = false;
        var append = Add(TimeSpan.FromSeconds(2));
        SendWaiting();

        Pass(2);

        Assert.Equal(RaftFailure.NotDone(FailureReason.NoLeader, "none"), EndOf(append));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Append_whose_connection_was_lost_is_sent_again_and_as_a_retry_only_if_it_was_sent(bool wasSent)
    {
        var append = Add();
        SendWaiting();

        _appends.OnLost(append, wasSent, _now);
        Pass(0);

        Assert.Equal([false, wasSent], _sent.Select(call => call.IsRetry));
    }

    // Otherwise a connection would count the call as open until its end.
    [Fact]
    public void Append_that_ends_without_a_reply_is_forgotten_by_its_link()
    {
        var (late, cancelled, closed, answered) = (Add(TimeSpan.FromSeconds(1)), Add(), Add(), Add());
        SendWaiting();

        Done(4);
        Pass(1);
        _appends.Cancel(cancelled);
        _appends.Close(Unsent, RaftFailure.Unknown(FailureReason.Closed));

        Assert.Equal([late, cancelled, closed], _link.Forgotten);
        Assert.True(answered.Task.IsCompletedSuccessfully);
    }

    private static RaftFailure? EndOf(ClientAppend<int> append)
    {
        Assert.True(append.Task.IsCompleted);
        return ((IOutcome)append.Task.Result).Failure;
    }

    private static RequestRef RefOf(long number) => RequestRef.Of(new RequestId(Session.Origin, number));

    private ClientAppend<int> Add(TimeSpan? timeout = null)
    {
        var append = new ClientAppend<int>(new("key", new byte[] { 1 }), timeout ?? TimeSpan.FromMinutes(1));
        _appends.Add(append, _now, mayGo: false);
        return append;
    }

    // As a caller does while the route to the leader is known.
    private ClientAppend<int> Go()
    {
        var append = new ClientAppend<int>(new("key", new byte[] { 1 }), TimeSpan.FromMinutes(1));
        _appends.Add(append, _now, mayGo: true);
        return append;
    }

    private void AddOf(int bytes) =>
        _appends.Add(new ClientAppend<int>(new("key", new byte[bytes]), TimeSpan.FromMinutes(1)), _now, mayGo: false);

    private bool Take(ClientAppend append)
    {
        if (_isConnected)
        {
            append.Link = _link;
            _sent.Add(new Sent(append.Number, append.Attempts > 1));
        }

        return _isConnected;
    }

    private void SendWaiting() => _appends.SendWaiting(_now);

    private void Pass(int seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        _appends.EndLate(_now, () => RaftFailure.NotDone(FailureReason.NoLeader, "none"));
        _appends.SendOverdue(_now);
    }

    private void Done(long number) =>
        _appends.Receive(new Outcome<int> { Serial = new Serial(number), Result = 1, Request = RefOf(number) }, _now);

    private void Answer(long number, RaftFailure failure) => _appends.Receive(failure.ToOutcome<int>(RefOf(number)), _now);

    private sealed record Sent(long Number, bool IsRetry);

    private sealed class Link : ICallLink
    {
        public List<ICaller> Forgotten { get; } = [];

        public CallSending Send(CallTarget target, ClientCall call, ICaller caller) => CallSending.Sent;

        public void Forget(ICaller caller) => Forgotten.Add(caller);
    }
}
