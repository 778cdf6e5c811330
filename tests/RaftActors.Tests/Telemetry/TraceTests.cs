namespace RaftActors.Tests.Telemetry;

/// <summary>The traces of a group in virtual time. raft1 leads. No other test has the node "traced".</summary>
public sealed class TraceTests() : VirtualGroupTest(node: "traced")
{
    private static readonly TimeSpan VirtualDay = TimeSpan.FromDays(1);

    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly Activity _caller = new("caller");

    [Fact]
    public void Append_is_one_trace_from_its_caller_over_the_leader_to_all_processes()
    {
        Group.Found(0, 0);
        using var listener = Listen(ActivitySamplingResult.AllDataAndRecorded);

        Append("raft3");

        var append = Assert.Single(_spans, span => span.OperationName == "raft.append");
        var propose = Assert.Single(_spans, span => span.OperationName == "raft.propose");
        var replicates = _spans.Where(span => span.OperationName == "raft.replicate").ToList();
        Assert.Equal("raft3", ProcessOf(append));
        Assert.Equal("raft1", ProcessOf(propose));
        Assert.Equal(append.SpanId, propose.ParentSpanId);
        Assert.Equal(["raft2", "raft3"], replicates.Select(ProcessOf).Order());
        Assert.All(replicates, span => Assert.Equal(propose.SpanId, span.ParentSpanId));
        Assert.Equal(
            [propose.SpanId, .. replicates.OrderBy(ProcessOf).Select(span => span.SpanId)],
            _spans.Where(span => span.OperationName == "raft.apply").OrderBy(ProcessOf).Select(span => span.ParentSpanId));
        Assert.Single(_spans.Select(span => span.TraceId).Distinct());
        Assert.All(_spans, span => Assert.True(span.IsStopped));
    }

    [Fact]
    public void Appends_of_one_actor_are_traces_of_their_own()
    {
        Group.Found(0, 0);
        using var listener = Listen(ActivitySamplingResult.AllDataAndRecorded);

        Append("raft1");
        Append("raft1");

        // No span of the first Append is left on the actor's thread.
        Assert.Equal(2, _spans.Where(span => span.OperationName == "raft.append").Select(span => span.TraceId).Distinct().Count());
    }

    [Fact]
    public void Append_without_a_sampled_trace_has_no_spans()
    {
        Group.Found(0, 0);
        using var listener = Listen(ActivitySamplingResult.None);

        Append("raft3");

        Assert.Empty(_spans);
    }

    [Fact]
    public async Task Append_of_a_client_is_one_trace_from_the_callers_span_to_all_processes()
    {
        Group.Found(0, 0);
        using var listener = Listen(ActivitySamplingResult.AllDataAndRecorded);
        var client = Raft.Get(Sys).CreateClient<string, int>();
        Task<Outcome<int>> outcome;
        using (_caller.Start())
        {
            outcome = client.AppendAsync("key", "value", VirtualDay);
        }

        Group.AdvanceUntil("raft3", "append 1 key=value");
        await outcome.WaitAsync(Guard);

        var append = Assert.Single(_spans, span => span.OperationName == "raft.append");
        var propose = Assert.Single(_spans, span => span.OperationName == "raft.propose");
        Assert.Equal((_caller.SpanId, ActivityKind.Client), (append.ParentSpanId, append.Kind));
        Assert.Equal(append.SpanId, propose.ParentSpanId);
        Assert.Equal("default", append.GetTagItem("raft.group"));
        Assert.Equal(2, _spans.Count(span => span.OperationName == "raft.replicate" && span.ParentSpanId == propose.SpanId));
        Assert.Equal(3, _spans.Count(span => span.OperationName == "raft.apply"));
        Assert.All(_spans, span => Assert.Equal((_caller.TraceId, true), (span.TraceId, span.IsStopped)));
    }

    [Fact]
    public async Task Query_of_a_client_is_one_trace_from_the_callers_span_to_the_process_that_answers()
    {
        Group.Found(1, 0);
        using var listener = Listen(ActivitySamplingResult.AllDataAndRecorded);
        var client = Raft.Get(Sys).CreateClient<string, int>();
        Task<Outcome<Serial>> answer;
        using (_caller.Start())
        {
            answer = client.QueryAsync<Serial>("where", VirtualDay);
        }

        Group.AdvanceUntil("raft1", "query where at 1");
        await answer.WaitAsync(Guard);

        var asked = Assert.Single(_spans, span => span.Kind == ActivityKind.Client);
        var answered = Assert.Single(_spans, span => span.Kind == ActivityKind.Server);
        Assert.All(_spans, span => Assert.Equal(("raft.query", true), (span.OperationName, span.IsStopped)));
        Assert.Equal((_caller.SpanId, asked.SpanId), (asked.ParentSpanId, answered.ParentSpanId));
        Assert.Equal("raft1", ProcessOf(answered));
    }

    [Fact]
    public void Query_of_an_actor_has_a_span_of_its_own()
    {
        Group.Found(0, 0);
        using var listener = Listen(ActivitySamplingResult.AllDataAndRecorded);

        Group.Actors["raft2"].Tell(new Recorder.Query("where"), TestActor);
        Group.AdvanceUntil("raft2", "query where at 0");
        ExpectMsg<Outcome<object?>>().OrThrow();

        var query = Assert.Single(_spans);
        Assert.Equal(("raft.query", "raft2", true), (query.OperationName, ProcessOf(query), query.IsStopped));
    }

    [Fact]
    public void Pairs_with_a_trace_that_the_actor_does_not_apply_are_forgotten()
    {
        using var listener = Listen(ActivitySamplingResult.AllDataAndRecorded);
        var telemetry = new Bench(this).Process.Telemetry;
        var trace = _caller.Start().Context;

        for (var serial = 1; serial <= ProcessTelemetry.ApplySpansMax + 1; serial++)
        {
            telemetry.OnCommitted(new Serial(serial), trace);
        }

        Assert.Null(telemetry.BeginApply(new Serial(1)));
        using var latest = telemetry.BeginApply(new Serial(ProcessTelemetry.ApplySpansMax + 1));
        Assert.Equal(trace.SpanId, latest?.ParentSpanId);
    }

    private static string ProcessOf(Activity span) => ((string)span.GetTagItem("raft.process")!).Split('@')[0];

    // Other tests have clients of a group with the same name.
    private bool IsOurs(ActivityContext parent) => _caller.Id is not null && parent.TraceId == _caller.TraceId;

    private static bool IsOurs(IEnumerable<KeyValuePair<string, object?>>? tags) => tags?.Any(IsOurs) == true;

    private static bool IsOurs(KeyValuePair<string, object?> tag) =>
        tag is { Key: "raft.process", Value: string name } && name.EndsWith("@traced", StringComparison.Ordinal);

    private ActivityListener Listen(ActivitySamplingResult result)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Raft.TelemetryName,
            Sample = (ref options) => IsOurs(options.Parent) || IsOurs(options.Tags) ? result : ActivitySamplingResult.None,
            ActivityStarted = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private void Append(string by)
    {
        Group.Actors[by].Tell(new Recorder.Append("key", "value"), TestActor);
        Group.Advance(4);
        ExpectMsg<Outcome<int>>().OrThrow();
    }
}
