namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft trace</c> with a member that may be late.</summary>
public sealed class TraceTests
{
    private static readonly ProcessName[] Names = [new("raft@:9990"), new("raft@:9991"), new("raft@:9992")];

    [Theory]
    [InlineData(4, 0)]
    [InlineData(3, 1)]
    public void Trace_fails_unless_each_member_has_processed_the_message_in_time(long processed, int code)
    {
        var group = new FakeGroup
        {
            OnStatus = () => new GroupStatus(ServerId.GroupName, [StatusOf(0, 4), StatusOf(1, 4), StatusOf(2, processed)], []),
            OnAppend = (key, text) => FakeGroup.Committed(4, key.Attempt, text),
        };

        var run = Run.Here(group, "trace", "I like beer.", "--timeout", "100ms");

        Assert.Equal((code, ""), (run.Code, run.Error));
        Assert.Single(run.Lines, line => line.EndsWith("  :9991  has processed it", StringComparison.Ordinal));
        Assert.Single(run.Lines, line => line.EndsWith(
            code == 0 ? "  :9992  has processed it" : "  :9992  it has not processed it in time", StringComparison.Ordinal));
    }

    private static RaftStatus StatusOf(int number, long processed) => new(ServerId.GroupName, Names[number])
    {
        IsOpen = true,
        Committed = new Serial(4),
        Delivered = new Serial(processed),
        Members = [.. Names.Select(name => new GroupMember(name, isVoter: true))],
    };
}
