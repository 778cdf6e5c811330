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
        _ledger.Commit("alice", 3);
        var running = Run();
        Assert.StartsWith("begins again with the state: ", await LineAsync("begins"));

        _ledger.OnQuery = _ => new Dictionary<string, int> { ["alice"] = 3 };
        Assert.Equal("has the state of serial 1", await LineAsync("has"));
        _ledger.Commit("alice", 2);

        Assert.Equal("alice has 5", await LineAsync("alice"));
        await StopAsync(running);
    }

    [Fact]
    public async Task Pair_that_cannot_be_read_is_told_with_the_remedy_and_ends_nothing()
    {
        _ledger.OnQuery = _ => throw new InvalidDataException("a value of type Refund");
        var running = Run();
        Assert.Equal(
            "cannot read a pair; deploy a version that knows its type: a value of type Refund", await LineAsync("cannot"));

        _ledger.OnQuery = _ => new Dictionary<string, int>();
        await LineAsync("has");
        _ledger.Commit("bob", 1);

        Assert.Equal("bob has 1", await LineAsync("bob"));
        await StopAsync(running);
    }

    // On a thread of its own: a call of a scripted client ends at once, so the loop waits in its pause only.
    private Task Run() => Task.Run(
        () => new Projection(_ledger, line => _log.Writer.TryWrite(line), TimeSpan.FromMilliseconds(1)).RunAsync(_stop.Token));

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private async Task<string> LineAsync(string beginning)
    {
        while (true)
        {
            if (await _log.Reader.ReadAsync() is var line && line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }
}
