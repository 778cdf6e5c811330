using System.Threading.Channels;

using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Tests;

/// <summary>The writes of many actors to a group whose answers the test has.</summary>
public sealed class WriteQueueTests : IDisposable
{
    private const int SizeMax = 1024;

    private readonly List<(string Key, Command Command, TaskCompletionSource<(string, bool)> Result)> _appends = [];
    private readonly Channel<(string Key, Command Command)> _next = Channel.CreateUnbounded<(string, Command)>();
    private readonly TemporaryFolder _folder = new();
    private readonly EventFile _file;
    private readonly JournalState _state;
    private readonly WriteQueue _queue;

    public WriteQueueTests()
    {
        _file = new EventFile(_folder["events"]);
        _state = new JournalState(_file);
        _queue = new WriteQueue(
            (key, command) =>
            {
                TaskCompletionSource<(string, bool)> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _appends.Add((key, command, result));
                Assert.True(_next.Writer.TryWrite((key, command)));
                return result.Task;
            },
            SizeMax);
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Writes_that_come_while_two_are_under_way_go_as_one_pair()
    {
        var others = await WriteBatchAsync("c", "d", "e");

        Apply(0);

        Assert.Equal(["c", "d", "e"], Assert.IsType<Command.Batch>((await NextAsync()).Command).Writes.Select(each => each.Id));
        Apply(2);
        Assert.All(await Task.WhenAll(others), each => Assert.Equal(JournalState.Done, each));
        Assert.Equal(4, _state.EventCount);
    }

    // "d" was written by another incarnation of its actor.
    [Fact]
    public async Task Each_write_of_a_batch_has_its_own_result()
    {
        _state.Apply("d", Write("other", 1));
        var others = await WriteBatchAsync("b", "c", "d");

        Apply(0);
        await NextAsync();
        Apply(2);

        Assert.Equal([JournalState.Done, JournalState.Done], await Task.WhenAll(others[0], others[1]));
        Assert.StartsWith("'d' has the sequence number 1", await others[2], StringComparison.Ordinal);
    }

    // The first attempt may have been applied, before another incarnation wrote.
    [Fact]
    public async Task Refused_write_of_a_repeated_batch_has_an_unknown_outcome_and_the_others_are_done()
    {
        _state.Apply("d", Write("other", 1));
        var others = await WriteBatchAsync("b", "c", "d");

        Apply(0);
        await NextAsync();
        Apply(2, isRepeat: true);

        Assert.Equal([JournalState.Done, JournalState.Done], await Task.WhenAll(others[0], others[1]));
        Assert.Equal(FailureKind.Unknown, (await Assert.ThrowsAsync<RaftException>(() => others[2])).Failure?.Kind);
    }

    [Fact]
    public async Task Batch_has_the_size_of_a_pair_at_most()
    {
        _ = await WriteBatchAsync([.. Enumerable.Range(0, 9).Select(i => $"id-{i}")]);

        for (var (append, left) = (0, 9); left > 0; append++)
        {
            Apply(append);
            var count = Assert.IsType<Command.Batch>((await NextAsync()).Command).Writes.Length;
            Assert.InRange(count, 2, 3);
            left -= count;
        }
    }

    // A journal that is nearly full has room for some of them.
    [Fact]
    public async Task Writes_of_a_refused_batch_go_one_by_one()
    {
        var others = await WriteBatchAsync("b", "c");
        Apply(0);
        await NextAsync();
        Fail(2, FailureKind.NotDone, FailureReason.Discarded);

        Assert.Equal("b", (await NextAsync()).Key);
        Apply(3);
        Assert.Equal("c", (await NextAsync()).Key);
        Fail(4, FailureKind.NotDone, FailureReason.Discarded);

        Assert.Equal(JournalState.Done, await others[0]);
        Assert.Equal(FailureReason.Discarded, (await Assert.ThrowsAsync<RaftException>(() => others[1])).Failure?.Reason);
    }

    // Akka.NET has told its actor that it failed. The actor may have recovered without it.
    [Fact]
    public async Task Write_whose_caller_has_given_up_is_not_sent()
    {
        using CancellationTokenSource ending = new();
        _ = await WriteBatchAsync();
        var cancelled = WriteAsync("b", ending.Token);
        var other = WriteAsync("c");
        ending.Cancel();

        Apply(0);
        Assert.Equal("c", (await NextAsync()).Key);
        Apply(2);

        await Assert.ThrowsAsync<TaskCanceledException>(() => cancelled);
        Assert.Equal(JournalState.Done, await other);
    }

    // An id with half a surrogate pair is no key of a pair.
    [Fact]
    public async Task Write_that_cannot_be_sent_fails_alone()
    {
        var others = await WriteBatchAsync("b", "c");
        Apply(0);
        await NextAsync();
        Fail(2, new ArgumentException("The key has half a surrogate pair."));

        Assert.Equal("b", (await NextAsync()).Key);
        Fail(3, new ArgumentException("The key has half a surrogate pair."));
        Assert.Equal("c", (await NextAsync()).Key);
        Apply(4);

        await Assert.ThrowsAsync<ArgumentException>(() => others[0]);
        Assert.Equal(JournalState.Done, await others[1]);
    }

    // It may have been applied.
    [Fact]
    public async Task Batch_without_an_outcome_fails_all_its_writes_and_is_not_sent_again()
    {
        var others = await WriteBatchAsync("b", "c");
        Apply(0);
        await NextAsync();
        Fail(2, FailureKind.Unknown, FailureReason.TimedOut);

        foreach (var each in others)
        {
            Assert.Equal(FailureKind.Unknown, (await Assert.ThrowsAsync<RaftException>(() => each)).Failure?.Kind);
        }

        Assert.Equal(3, _appends.Count);
    }

    private static Command.Write Write(string writer, long number) => new(writer, true, number - 1, [new StoredEvent(number, [7])]);

    private Task<string> WriteAsync(string id, CancellationToken cancellation = default) =>
        _queue.WriteAsync(id, Write("w", 1), cancellation);

    // Two others are under way, so these wait for the first of them.
    private async Task<Task<string>[]> WriteBatchAsync(params string[] ids)
    {
        _ = WriteAsync("first");
        _ = WriteAsync("second");
        Assert.Equal("first", (await NextAsync()).Key);
        Assert.Equal("second", (await NextAsync()).Key);
        return [.. ids.Select(id => WriteAsync(id))];
    }

    private Task<(string Key, Command Command)> NextAsync() => _next.Reader.ReadAsync().AsTask().WaitAsync(Guard);

    private void Apply(int append, bool isRepeat = false)
    {
        var (key, command, result) = _appends[append];
        result.SetResult((_state.Apply(key, command), isRepeat));
    }

    private void Fail(int append, FailureKind kind, FailureReason reason) =>
        Fail(append, new RaftException(new RaftFailure(kind, reason, "The test says so.")));

    private void Fail(int append, Exception cause) => _appends[append].Result.SetException(cause);
}
