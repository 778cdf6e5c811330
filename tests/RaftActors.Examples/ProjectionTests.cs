using System.Threading.Channels;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Runs the loop of docs/client.md against a scripted client.</summary>
public sealed class ProjectionTests
{
    private readonly ScriptedClient<int, int> _ledger = new();
    private readonly Channel<string> _log = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task Start_before_the_group_serves_ends_nothing_and_the_loop_goes_on_with_the_state()
    {
        var running = Run();
        Assert.StartsWith("begins again with the state: ", await _log.Reader.ReadAsync());

        _ledger.Commit("alice", 3);
        _ledger.OnQuery = _ => new Dictionary<string, int> { ["alice"] = 3 };
        Assert.Equal("alice has 5", await LineOf("alice", 2));

        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Pair_that_cannot_be_read_is_told_with_the_remedy_and_ends_nothing()
    {
        _ledger.OnQuery = _ => throw new InvalidDataException("a value of type Refund");
        var running = Run();

        Assert.Equal("cannot read a pair; deploy a version that knows its type: a value of type Refund", await _log.Reader.ReadAsync());

        _ledger.OnQuery = _ => new Dictionary<string, int>();
        Assert.Equal("bob has 1", await LineOf("bob", 1));
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private Task Run() => new Projection(_ledger, line => _log.Writer.TryWrite(line), TimeSpan.Zero).RunAsync(_stop.Token);

    // The pair may be committed before the loop has asked for the state, which does not have it then. So it is committed until it is told.
    private async Task<string> LineOf(string key, int value)
    {
        var asked = new TaskCompletionSource();
        var answer = _ledger.OnQuery!;
        _ledger.OnQuery = question =>
        {
            asked.TrySetResult();
            return answer(question);
        };
        await asked.Task;
        _ledger.Commit(key, value);
        return await FirstOf(key);
    }

    private async Task<string> FirstOf(string key)
    {
        string line;
        do
        {
            line = await _log.Reader.ReadAsync();
        }
        while (!line.StartsWith(key, StringComparison.Ordinal));

        return line;
    }
}
