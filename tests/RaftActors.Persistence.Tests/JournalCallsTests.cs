using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.Settings;
using RaftActors.Persistence.State;
using RaftActors.Testing;

using PersistenceSettings = RaftActors.Persistence.Settings.PersistenceSettings;

namespace RaftActors.Persistence.Tests;

/// <summary>The calls of a group whose answers the test has.</summary>
public sealed class JournalCallsTests : IDisposable
{
    private static readonly PersistenceSettings Settings =
        PersistenceSettings.Read(RaftPersistence.DefaultConfig().WithFallback(Raft.DefaultConfig())) with { PageSizeBytes = 2 };

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ScriptedClient<Command, string> _client = new();
    private readonly EventFile _file;
    private readonly JournalState _state;
    private readonly JournalCalls _calls;

    public JournalCallsTests()
    {
        _file = new EventFile(_folder["events"]);
        _state = new JournalState(_file);
        _calls = new JournalCalls(Settings, new RaftShards("journal", 1), _ => _client, _clock);
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    // The first attempt has filled the journal.
    [Fact]
    public async Task Refusal_after_an_attempt_with_a_lost_outcome_is_no_refusal_of_the_write()
    {
        Outcomes(
            new RaftFailure(FailureKind.Unknown, FailureReason.TimedOut, "lost"),
            new RaftFailure(FailureKind.NotDone, FailureReason.Discarded, "The journal is full."));

        var failed = await FailureOfWriteAsync();

        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Contains("The journal is full", failed.Detail, StringComparison.Ordinal);
    }

    // The first attempt was applied, and another incarnation has written behind it.
    [Fact]
    public async Task Stale_write_after_an_attempt_with_a_lost_outcome_may_be_in_the_journal()
    {
        Queue<Outcome<string>> outcomes = new(
        [
            Failed(new RaftFailure(FailureKind.Unknown, FailureReason.TimedOut, "lost")),
            new Outcome<string> { Result = "Another incarnation has written." },
        ]);
        _client.OnAppend = (_, _, _) => outcomes.Dequeue();

        var failed = await FailureOfWriteAsync();

        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Contains("Another incarnation", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_after_an_attempt_that_did_nothing_is_one()
    {
        Outcomes(
            new RaftFailure(FailureKind.NotDone, FailureReason.NoLeader, "none"),
            new RaftFailure(FailureKind.NotDone, FailureReason.Discarded, "The journal is full."));

        var failed = await FailureOfWriteAsync();

        Assert.Equal((FailureKind.NotDone, FailureReason.Discarded), (failed.Kind, failed.Reason));
    }

    [Fact]
    public async Task Write_without_an_outcome_ends_after_the_call_timeout()
    {
        _client.OnAppend = (_, _, _) => Failed(new RaftFailure(FailureKind.NotDone, FailureReason.NoLeader, "none"));

        Assert.Equal(FailureReason.NoLeader, (await FailureOfWriteAsync()).Reason);
        Assert.InRange(TimeSpan.FromTicks(_clock.GetTimestamp()), Settings.CallTimeout * 0.9, Settings.CallTimeout);
    }

    [Theory]
    [InlineData(1, 4, "1 2 3 4")]
    [InlineData(1, 2, "1 2")]
    [InlineData(3, 4, "3 4")]
    [InlineData(1, 9, "1 2 3 4 7 8 9")]
    [InlineData(4, 8, "4 7 8")]
    [InlineData(5, 6, "")]
    public async Task Events_are_read_page_by_page_also_across_holes(long from, long to, string expected)
    {
        Write(1, 2, 3, 4, 7, 8, 9);

        Assert.Equal(expected, await ReadAsync(from, to));
    }

    [Theory]
    [InlineData(1, "1 2 3 4")]
    [InlineData(2, "1 2 3 4")]
    [InlineData(3, null)]
    [InlineData(4, null)]
    public async Task Reading_fails_if_events_behind_the_last_page_were_deleted_meanwhile(long deleted, string? expected)
    {
        Write(1, 2, 3, 4);
        var pages = 0;
        _client.OnQuery = question =>
        {
            if (pages++ == 2)
            {
                _state.Apply("a", new Command.DeleteEvents(deleted));
            }

            return _state.Answer(Question.Read(question));
        };

        if (expected is null)
        {
            Assert.Equal(FailureReason.Compacted, (await Assert.ThrowsAsync<RaftException>(() => ReadAsync(1, 4))).Failure?.Reason);
        }
        else
        {
            Assert.Equal(expected, await ReadAsync(1, 4));
        }
    }

    private static Outcome<string> Failed(RaftFailure failure) => new() { Failure = failure };

    private void Outcomes(params RaftFailure[] failures)
    {
        var next = 0;
        _client.OnAppend = (_, _, _) => Failed(failures[next++]);
    }

    private async Task<RaftFailure> FailureOfWriteAsync()
    {
        var writing = _calls.AppendAsync("a", new Command.DeleteEvents(1), CancellationToken.None);
        while (!writing.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        return (await Assert.ThrowsAsync<RaftException>(() => writing)).Failure!; // Justification: a call has failed.
    }

    private void Write(params long[] numbers)
    {
        _state.Apply("a", new Command.Write("w", true, 0, [.. numbers.Select(number => new StoredEvent(number, [1, 2]))]));
        _client.OnQuery = question => _state.Answer(Question.Read(question));
    }

    private async Task<string> ReadAsync(long from, long to)
    {
        List<long> numbers = [];
        await _calls.ReadAsync("a", from, to, long.MaxValue, each => numbers.Add(each.SequenceNr));
        return string.Join(' ', numbers);
    }
}
