using Akka.Persistence;

using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.State;
using RaftActors.Testing;

namespace RaftActors.Persistence.Tests;

/// <summary>The journal of a node whose group answers as the test says.</summary>
public sealed class ScriptedJournalTests : IClassFixture<OneNode>, IDisposable
{
    private readonly string _id = $"{Guid.NewGuid():N}";
    private readonly string _writer = $"{Guid.NewGuid()}";
    private readonly OneNode _node;
    private readonly JournalCalls _calls;
    private readonly ManualClock _clock = new();
    private readonly ScriptedClient<Command, string> _client = new();
    private readonly Queue<Outcome<string>> _outcomes = [];
    private readonly List<string> _commands = [];
    private int _attempts;
    private int _applied;

    public ScriptedJournalTests(OneNode node)
    {
        (_node, _calls) = (node, node.Persistence.Calls);
        node.Persistence.Calls = new JournalCalls(node.Persistence.Settings, new RaftShards("journal", 1), _ => _client, _clock);
        _client.OnAppend = (_, command, _) =>
        {
            _commands.Add(command.GetType().Name);
            _attempts++;
            var outcome = _outcomes.Dequeue();
            _applied += outcome.HasResult ? 1 : 0;
            return outcome;
        };
        _client.OnQuery = question => Question.Read(question) switch
        {
            Question.Snapshot => Array.Empty<byte>(),
            var other => other.Id == _id ? (long)_applied : 0L,
        };
    }

    public void Dispose() => _node.Persistence.Calls = _calls;

    // Akka.NET restarts an actor that has thrown an exception, also while a write of it is under way.
    [Fact]
    public async Task Recovery_waits_for_the_write_of_the_life_before()
    {
        Script(FailureKind.NotDone, FailureReason.NoLeader);
        _outcomes.Enqueue(new Outcome<string> { Result = JournalState.Done });

        var writing = _node.WriteAsync(_id, _writer, 1);
        var recovering = _node.ReplayAsync(_id, from: 2);
        await SyncAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, (await recovering).Highest);
        Assert.IsType<WriteMessageSuccess>(Assert.Single(await writing));
    }

    [Fact]
    public async Task Writer_of_a_write_whose_outcome_is_lost_writes_no_more()
    {
        Script(FailureKind.Unknown, FailureReason.TimedOut);
        Script(FailureKind.NotDone, FailureReason.Discarded);
        var writing = _node.WriteAsync(_id, _writer, 1);
        await SyncAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<WriteMessageFailure>(Assert.Single(await writing));
        Assert.IsType<WriteMessageFailure>(Assert.Single(await _node.WriteAsync(_id, _writer, 2)));
        Assert.Equal(2, _attempts);
    }

    // The circuit breaker of Akka.NET would fail the recoveries of all actors of the node for a minute after the group is back.
    [Fact]
    public async Task Snapshots_are_loaded_as_soon_as_the_group_answers_again()
    {
        LoadSnapshot load = new(_id, SnapshotSelectionCriteria.Latest, long.MaxValue);
        var answering = _client.OnQuery;
        _client.OnQuery = null;
        for (var failures = 0; failures < 20; failures++)
        {
            await _node.AskAsync<LoadSnapshotFailed>(_node.Snapshots, load);
        }

        _client.OnQuery = answering;
        await _node.AskAsync<LoadSnapshotResult>(_node.Snapshots, load);
    }

    // The leader was busy at first.
    [Fact]
    public async Task Event_that_is_persisted_behind_a_deletion_of_all_is_written_behind_it()
    {
        Script(FailureKind.NotDone, FailureReason.Busy);
        Script(2);

        var deleting = _node.DeleteAsync(_id, long.MaxValue);
        var writing = _node.WriteAsync(_id, _writer, 1);
        await SyncAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await deleting;
        Assert.IsType<WriteMessageSuccess>(Assert.Single(await writing));
        Assert.Equal(["DeleteEvents", "DeleteEvents", "Write"], _commands);
    }

    [Fact]
    public async Task Snapshot_that_is_saved_behind_a_deletion_of_all_is_written_behind_it()
    {
        Script(FailureKind.NotDone, FailureReason.Busy);
        Script(2);
        SnapshotMetadata metadata = new(_id, 1, DateTime.UnixEpoch);

        var deleting = _node.AskAsync<DeleteSnapshotsSuccess>(
            _node.Snapshots, new DeleteSnapshots(_id, SnapshotSelectionCriteria.Latest));
        var saving = _node.AskAsync<SaveSnapshotSuccess>(_node.Snapshots, new SaveSnapshot(metadata, "state"));
        await _node.AskAsync<LoadSnapshotResult>(
            _node.Snapshots, new LoadSnapshot($"{_id}-other", SnapshotSelectionCriteria.Latest, long.MaxValue));
        _clock.Advance(TimeSpan.FromSeconds(1));

        await deleting;
        await saving;
        Assert.Equal(["DeleteSnapshots", "DeleteSnapshots", "SaveSnapshot"], _commands);
    }

    private void Script(int done)
    {
        for (; done > 0; done--)
        {
            _outcomes.Enqueue(new Outcome<string> { Result = JournalState.Done });
        }
    }

    private void Script(FailureKind kind, FailureReason reason) =>
        _outcomes.Enqueue(new Outcome<string> { Failure = new RaftFailure(kind, reason, "The test says so.") });

    // The journal has taken all messages before this one.
    private Task SyncAsync() => _node.ReplayAsync($"{_id}-other");
}
