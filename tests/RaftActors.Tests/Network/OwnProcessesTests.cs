namespace RaftActors.Tests.Network;

public sealed class OwnProcessesTests
{
    private const int FrameSizeMax = 16 << 20;

    private readonly OwnProcesses _processes = new();

    [Fact]
    public void List_has_the_processes_that_run()
    {
        _processes.Change(new([Process(1), Process(2)], [], IsComplete: true));
        var restarted = Process(2) with { Engine = $"{Process(2).Engine}9" };
        _processes.Change(new([Process(3), restarted], [Process(1)], IsComplete: true));

        var list = Assert.Single(_processes.ToParts(FrameSizeMax));

        Assert.True(list.IsComplete);
        Assert.Equal([restarted, Process(3)], list.Running.OrderBy(process => process.Group, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(FrameSizeMax, 32_000)]
    [InlineData(1024, 128)]
    public void Long_list_comes_in_parts_of_which_the_last_is_complete(int frameSizeMax, int lengthMax)
    {
        WireMessage.Presence all = new([.. Enumerable.Range(0, 65_536).Select(Process)], [], IsComplete: true);
        _processes.Change(all);

        var parts = _processes.ToParts(frameSizeMax).ToList();

        Assert.All(parts, part => Assert.InRange(part.Running.Sum(process => process.Length), 1, lengthMax));
        Assert.Equal([.. Enumerable.Repeat(false, parts.Count - 1), true], parts.Select(part => part.IsComplete));
        Assert.Equal(all.Running.ToHashSet(), parts.SelectMany(part => part.Running).ToHashSet());
    }

    [Fact]
    public void Node_without_processes_has_an_empty_list() =>
        Assert.True(Assert.Single(_processes.ToParts(FrameSizeMax)) is { IsComplete: true, Running: [] });

    private static LocalProcess Process(int number) =>
        new($"group{number}", new ProcessName("raft1@node1"), $"akka.tcp://demo@10.0.0.1:2551/system/raft/group{number}/raft1#{number}");
}
