namespace RaftActors.Cli.Tests.Client;

/// <summary>Commands to servers that do not run or do not answer.</summary>
public sealed class UnreachableTests
{
    [Fact]
    public void Append_ends_at_once_when_the_only_server_refuses_connections()
    {
        var dead = FakeGroup.Dead();

        var run = Run.Here("append", "x", "-S", $"{dead}", "--timeout", "24h");

        Assert.Equal(
            (1, "", $"raft: not committed: cannot reach {dead}: connection refused; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Append_is_not_committed_when_a_listener_never_completes_the_connection()
    {
        using var listener = new DeafListener();

        var run = Run.Here("append", "x", "-S", $"{listener.Id}", "--timeout", "0.5");

        Assert.Equal(
            (1, "", $"raft: not committed: cannot reach {listener.Id}: no answer; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Error_names_each_server_that_cannot_be_reached()
    {
        var (first, second) = (FakeGroup.Dead(), FakeGroup.Dead());

        var run = Run.Here("append", "x", "-S", $"{first},{second}", "--timeout", "24h");

        Assert.Equal(1, run.Code);
        Assert.Contains($"cannot reach {first}: connection refused; cannot reach {second}: connection refused", run.Error);
    }

    [Theory]
    [InlineData("members", "list")]
    [InlineData("members", "add", ":9993")]
    [InlineData("members", "remove", ":9993")]
    [InlineData("transfer")]
    [InlineData("explain")]
    [InlineData("print", "--here")]
    [InlineData("status")]
    public void Command_ends_at_once_when_the_only_server_is_dead(params string[] verb)
    {
        var dead = FakeGroup.Dead();

        var run = Run.Here([.. verb, "-S", $"{dead}", "--timeout", "24h"]);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Matches($"^raft: (not done: )?cannot reach {dead}: connection refused(; nothing was changed)?\n$", run.Error);
    }
}
