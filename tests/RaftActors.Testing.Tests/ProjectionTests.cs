using System.Threading.Channels;

namespace RaftActors.Testing.Tests;

/// <summary>A projection of a scripted group. All that happens to it is one sequence of lines.</summary>
public sealed class ProjectionTests
{
    private readonly ScriptedClient<int, int> _group = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Book _book;

    public ProjectionTests() => _book = new Book(line => _lines.Writer.TryWrite(line));

    [Fact]
    public async Task Pairs_before_and_after_the_start_are_handled_once_each_in_order()
    {
        Commit(10, 20);
        var running = Run();
        await ExpectAsync("reads 0", "told: has the pairs up to serial 0.", "1 is 10", "2 is 20");

        Commit(30);

        await ExpectAsync("3 is 30");
        await StopAsync(running);
        Assert.Equal((new Serial(3), null), (_book.Status.Serial, _book.Status.Failure));
    }

    [Fact]
    public async Task Second_run_goes_on_with_the_kept_serial()
    {
        Commit(10, 20);
        var first = Run();
        await ExpectAsync("reads 0", "told: has the pairs up to serial 0.", "1 is 10", "2 is 20");
        await StopAsync(first);

        Commit(30);
        _ = Run(CancellationToken.None);

        await ExpectAsync("reads 2", "told: has the pairs up to serial 2.", "3 is 30");
    }

    [Fact]
    public async Task Handler_that_throws_twice_is_called_again_after_growing_pauses_and_its_success_is_told()
    {
        Fail(new TimeoutException("no database"), new OperationCanceledException("no answer"));
        Commit(10);

        _ = Run();

        await ExpectAsync(
            "reads 0",
            "told: has the pairs up to serial 0.",
            "told: fails after serial 0, 1 times since *. TimeoutException: no database. It will be tried again.",
            "pauses 100 ms",
            "reads 0",
            "told: fails after serial 0, 2 times since *. OperationCanceledException: no answer. It will be tried again.",
            "pauses 200 ms",
            "reads 0",
            "1 is 10",
            "told: has the pairs up to serial 1.");
    }

    [Fact]
    public async Task Handler_that_throws_after_its_write_does_not_get_the_pair_again()
    {
        _book.FailureAfterWrite = new TimeoutException("no answer to the commit");
        Commit(10);

        _ = Run();

        await ExpectAsync(
            "reads 0",
            "told: has the pairs up to serial 0.",
            "1 is 10",
            "told: fails after serial 0, 1 times since *. TimeoutException: no answer to the commit. It will be tried again.",
            "pauses 100 ms",
            "reads 1",
            "told: has the pairs up to serial 1.");
        Commit(20);
        await ExpectAsync("2 is 20");
    }

    [Fact]
    public async Task Serial_that_cannot_be_read_is_read_again_and_its_success_is_told()
    {
        _book.ReadFailure = new TimeoutException("no database");

        _ = Run();

        await ExpectAsync(
            "told: fails after serial 0, 1 times since *. TimeoutException: no database. It will be tried again.",
            "pauses 100 ms",
            "reads 0",
            "told: has the pairs up to serial 0.");
    }

    [Fact]
    public async Task Pair_that_cannot_be_read_ends_a_projection_with_serial_key_and_remedy()
    {
        Commit(10);
        _group.CommitUnreadable("refund", new FormatException("no type Refund."));

        var problem = await Assert.ThrowsAsync<RaftProjectionException>(() => Run());

        Assert.Equal(
            "Book cannot read the pair with serial 2 and key 'refund': no type Refund. Deploy a version that can, or override "
            + "HandleUnreadableAsync to skip the pair.",
            problem.Message);
        Assert.IsType<FormatException>(problem.InnerException);
        Assert.Equal($"has ended at serial 1. {problem.Message}", _book.Status.ToString());
    }

    [Fact]
    public async Task Pair_that_cannot_be_read_is_skipped_by_an_override_after_its_failures()
    {
        _book.Skips = true;
        Fail(new TimeoutException("no database"));
        _group.CommitUnreadable("refund", new FormatException("no type Refund"));
        Commit(20);

        _ = Run();

        await ExpectAsync(
            "reads 0",
            "told: has the pairs up to serial 0.",
            "told: fails after serial 0, 1 times since *. TimeoutException: no database. It will be tried again.",
            "pauses 100 ms",
            "reads 0",
            "skips 1 of refund: no type Refund",
            "told: has the pairs up to serial 1.",
            "2 is 20");
    }

    [Fact]
    public async Task Compacted_pairs_end_a_projection_that_cannot_be_rebuilt()
    {
        Commit(10, 20);
        _group.Compact(new Serial(1));

        var problem = await Assert.ThrowsAsync<RaftProjectionException>(() => Run());

        Assert.Equal(
            "Book cannot go on after serial 0, because a snapshot covers the next pair. Implement RebuildAsync, or raise "
            + "raft.snapshot.retained-entries.",
            problem.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)] // The state ends where the log begins.
    public async Task Compacted_pairs_are_replaced_by_the_state_and_its_serial_when_the_group_answers(long compacted)
    {
        var answers = new Queue<Func<object?>>([() => throw new TimeoutException("no leader"), () => 30]);
        _group.OnQuery = _ => answers.Dequeue()();
        _book.Rebuilds = true;
        Commit(10, 20);
        _group.Compact(new Serial(compacted));

        _ = Run();

        await ExpectAsync(
            "reads 0",
            "told: has the pairs up to serial 0.",
            "told: fails after serial 0, 1 times since *. TimeoutException: no leader. It will be tried again.",
            "pauses 100 ms",
            "reads 0",
            "rebuilds 30 at 2",
            "reads 2",
            "told: has the pairs up to serial 2.");
        Commit(30);
        await ExpectAsync("3 is 30");
    }

    [Fact]
    public async Task Rebuild_that_does_not_save_the_serial_is_told_and_pauses_grow()
    {
        _group.OnQuery = _ => 30;
        (_book.Rebuilds, _book.ForgetsSerial) = (true, true);
        Commit(10, 20);
        _group.Compact(new Serial(2));

        _ = Run();

        await ExpectAsync("reads 0", "told: has the pairs up to serial 0.", "rebuilds 30 at 2", "reads 0");
        await ExpectAsync(
            "told: fails after serial 0, 1 times since *. InvalidOperationException: The serial is 0 after RebuildAsync, and the log "
            + "begins with 3. Save the serial of the query with the state. It will be tried again.");
        await ExpectAsync("pauses 100 ms", "reads 0", "rebuilds 30 at 2", "reads 0");
        await ExpectAsync("told: fails after serial 0, 2 times since *", "pauses 200 ms");
        await _stop.CancelAsync();
    }

    [Fact]
    public async Task Handler_that_declares_its_failure_as_final_ends_the_projection()
    {
        Fail(new RaftProjectionException("The table is gone. Restore it."));
        Commit(10);

        var problem = await Assert.ThrowsAsync<RaftProjectionException>(() => Run());

        Assert.Equal("The table is gone. Restore it.", problem.Message);
        await ExpectAsync("reads 0", "told: has the pairs up to serial 0.", "told: has ended at serial 0. The table is gone. Restore it.");
    }

    [Fact]
    public async Task Token_ends_a_projection_in_its_handler_whatever_the_handler_throws()
    {
        _book.WaitsForEnd = true;
        Commit(10);
        var running = Run();
        await ExpectAsync("reads 0", "told: has the pairs up to serial 0.", "waits");

        await StopAsync(running);

        Assert.Null(_book.Status.Failure);
    }

    [Fact]
    public async Task Client_that_is_disposed_ends_a_projection()
    {
        var running = Run();
        await ExpectAsync("reads 0");

        await _group.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
    }

    [Fact]
    public async Task Projection_that_runs_already_is_refused_and_goes_on()
    {
        _ = Run();
        await ExpectAsync("reads 0", "told: has the pairs up to serial 0.");

        await Assert.ThrowsAsync<InvalidOperationException>(() => Run());

        Commit(10);
        await ExpectAsync("1 is 10");
    }

    [Fact]
    public void Pause_is_at_most_half_a_minute() =>
        Assert.Equal(
            [0.1, 25.6, 30, 30],
            new[] { 1, 9, 10, int.MaxValue }.Select(failures => _book.DefaultPause(failures).TotalSeconds));

    [Fact]
    public async Task Scripted_get_of_a_compacted_or_unreadable_pair_fails_as_that_of_a_group()
    {
        Commit(10);
        _group.CommitUnreadable("refund", new FormatException("no type Refund"));
        _group.Compact(new Serial(1));

        Assert.Equal(FailureReason.Compacted, (await _group.GetAsync(new Serial(1))).NotDone().Reason);
        var problem = await Assert.ThrowsAsync<InvalidDataException>(() => _group.GetAsync(new Serial(2)));
        Assert.Equal("The pair with serial 2 and key 'refund' cannot be read here. no type Refund", problem.Message);
        Assert.Null((await _group.GetAsync(new Serial(3))).Result);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _group.GetAsync(default));
        await Assert.ThrowsAsync<TaskCanceledException>(() => _group.GetAsync(new Serial(1), null, new CancellationToken(true)));
        await _group.DisposeAsync();
        Assert.Equal(FailureReason.Closed, (await _group.GetAsync(new Serial(1))).NotDone().Reason);
    }

    // On a thread of its own, because a scripted group may answer at once for ever.
    private Task Run(CancellationToken? stop = null) => Task.Run(() => _book.RunAsync(
        _group, status => _lines.Writer.TryWrite($"told: {status}"), stop ?? _stop.Token));

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private void Commit(params int[] values) => Array.ForEach(values, value => _group.Commit("pair", value));

    private void Fail(params Exception[] failures) => Array.ForEach(failures, _book.Failures.Enqueue);

    // The asterisk stands for the rest of a clause, which has a time.
    private async Task ExpectAsync(params string[] lines)
    {
        foreach (var expected in lines)
        {
            var line = await _lines.Reader.ReadAsync();
            var parts = expected.Split('*');
            Assert.StartsWith(parts[0], line);
            Assert.EndsWith(parts[^1], line);
            Assert.True(parts.Length > 1 || line == expected, line);
        }
    }

    /// <summary>A read model that tells what happens to it, and fails as the test wants.</summary>
    private sealed class Book(Action<string> tell) : RaftProjection<int, int>
    {
        private Serial _serial;

        public Queue<Exception> Failures { get; } = [];

        public Exception? FailureAfterWrite { get; set; }

        public Exception? ReadFailure { get; set; }

        public bool Skips { get; set; }

        public bool Rebuilds { get; set; }

        public bool ForgetsSerial { get; set; }

        public bool WaitsForEnd { get; set; }

        public TimeSpan DefaultPause(int failures) => base.PauseAfter(failures);

        protected override Task<Serial> ReadSerialAsync(CancellationToken cancellationToken)
        {
            var failure = ReadFailure;
            ReadFailure = null;
            tell(failure is null ? $"reads {_serial}" : throw failure);
            return Task.FromResult(_serial);
        }

        protected override async Task HandleAsync(Entry<int> entry, CancellationToken cancellationToken)
        {
            ThrowNext();
            if (WaitsForEnd)
            {
                TaskCompletionSource ended = new();
                await using var registration = cancellationToken.Register(ended.SetResult);
                tell("waits");
                await ended.Task;
                throw new TimeoutException("The database has cancelled the command.");
            }

            (_serial, var failure) = (entry.Serial, FailureAfterWrite);
            tell($"{entry.Serial} is {entry.Value}");
            FailureAfterWrite = null;
            await (failure is null ? Task.CompletedTask : Task.FromException(failure));
        }

        protected override Task HandleUnreadableAsync(Serial serial, string key, Exception error, CancellationToken cancellationToken)
        {
            if (!Skips)
            {
                return base.HandleUnreadableAsync(serial, key, error, cancellationToken);
            }

            ThrowNext();
            _serial = serial;
            tell($"skips {serial} of {key}: {error.Message}");
            return Task.CompletedTask;
        }

        protected override async Task RebuildAsync(RaftClient<int, int> client, CancellationToken cancellationToken)
        {
            if (!Rebuilds)
            {
                await base.RebuildAsync(client, cancellationToken);
            }

            var total = await client.QueryAsync<int>("total", cancellationToken: cancellationToken);
            _serial = ForgetsSerial ? _serial : total.Serial;
            tell($"rebuilds {total.Result} at {total.Serial}");
        }

        protected override TimeSpan PauseAfter(int failures)
        {
            tell($"pauses {base.PauseAfter(failures).TotalMilliseconds} ms");
            return TimeSpan.Zero;
        }

        private void ThrowNext()
        {
            if (Failures.TryDequeue(out var failure))
            {
                throw failure;
            }
        }
    }
}
