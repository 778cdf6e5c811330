using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Wire;

namespace RaftActors.Tests.Discovery;

public sealed class HelloPartsTests
{
    private readonly HelloParts _collected = new();

    [Fact]
    public void Short_list_is_one_hello()
    {
        var hello = Assert.IsType<WireMessage.Hello>(Assert.Single(HelloParts.Of(Processes(10), isReply: true, number: 1)));

        Assert.True(hello.IsReply);
        Assert.Equal(10, hello.Processes.Length);
    }

    [Fact]
    public void Empty_list_is_one_hello() =>
        Assert.IsType<WireMessage.Hello>(Assert.Single(HelloParts.Of([], isReply: false, number: 1)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Long_list_comes_in_parts_and_in_any_order_is_whole_again(bool isReversed)
    {
        var parts = Parts(1000, number: 1);
        Assert.InRange(parts.Count, 2, 10);

        var taken = (isReversed ? parts.AsEnumerable().Reverse() : parts).Select(_collected.Add).ToList();

        Assert.All(taken.SkipLast(1), Assert.Null);
        Assert.Equal(Processes(1000).AsEnumerable(), taken[^1]!.Processes);
    }

    [Fact]
    public void Parts_of_two_lists_are_not_mixed()
    {
        var (old, latest) = (Parts(1000, number: 1), Parts(900, number: 2));

        _collected.Add(old[0]);
        WireMessage.Hello? whole = null;
        latest.ForEach(part => whole ??= _collected.Add(part));

        Assert.Equal(Processes(900).AsEnumerable(), whole!.Processes);
    }

    private static List<WireMessage.HelloPart> Parts(int count, long number) =>
        [.. HelloParts.Of(Processes(count), isReply: false, number).Cast<WireMessage.HelloPart>()];

    private static ImmutableArray<LocalProcess> Processes(int count) =>
    [
        .. Enumerable.Range(0, count).Select(number => new LocalProcess(
            $"group-{number}",
            new ProcessName($"group-{number}@127.0.0.1:2551"),
            $"akka.tcp://raft@127.0.0.1:2551/system/raft/group-{number}/group-{number}#123456789")),
    ];
}
