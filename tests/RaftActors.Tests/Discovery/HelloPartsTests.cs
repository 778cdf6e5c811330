using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Wire;

namespace RaftActors.Tests.Discovery;

public sealed class HelloPartsTests
{
    private readonly HelloParts _collected = new();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Short_list_is_one_hello(int count)
    {
        var hello = Assert.Single(Parts(count, number: 1));

        Assert.Equal(Processes(count).AsEnumerable(), hello.Processes);
        Assert.Equal(Processes(count).AsEnumerable(), _collected.Add(hello));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Long_list_comes_in_parts_and_in_any_order_is_whole_again(bool isReversed)
    {
        var parts = Parts(1000, number: 1);
        Assert.InRange(parts.Count, 2, 10);

        var taken = (isReversed ? parts.AsEnumerable().Reverse() : parts).Select(_collected.Add).ToList();

        Assert.All(taken.SkipLast(1), list => Assert.Null(list));
        Assert.Equal(Processes(1000).AsEnumerable(), taken[^1]);
    }

    [Fact]
    public void Parts_of_two_lists_are_not_mixed()
    {
        var (old, latest) = (Parts(1000, number: 1), Parts(900, number: 2));

        _collected.Add(old[0]);
        var taken = latest.Select(_collected.Add).ToList();

        Assert.Equal(Processes(900).AsEnumerable(), taken[^1]);
    }

    [Fact]
    public void Size_is_that_of_the_parts_that_wait()
    {
        var (old, latest) = (Parts(1000, number: 1), Parts(1000, number: 2));
        _collected.Add(old[0]);
        _collected.Add(old[0]);
        Assert.Equal(HelloParts.SizeOf(old[0]), _collected.Size);

        _collected.Add(latest[^1]);
        Assert.Equal(HelloParts.SizeOf(latest[^1]), _collected.Size);

        latest.SkipLast(1).ToList().ForEach(part => _collected.Add(part));
        Assert.Equal(0, _collected.Size);
    }

    [Fact]
    public void List_that_a_later_one_has_overtaken_is_dropped()
    {
        _collected.Add(Parts(10, number: 2)[0]);

        Assert.Null(_collected.Add(Parts(9, number: 1)[0]));
    }

    [Fact]
    public void First_list_of_a_node_that_started_again_counts()
    {
        _collected.Add(Parts(10, number: 2)[0]);

        Assert.Equal(Processes(1).AsEnumerable(), _collected.Add(Parts(1, number: 1, registry: 8)[0]));
    }

    // Both are of one list, because a node repeats it until it is answered, and learns meanwhile which list the other node has.
    [Fact]
    public void Parts_of_a_list_and_of_what_was_added_to_it_are_not_mixed()
    {
        var (whole, added) = (Parts(1000, number: 2), Parts(900, number: 2, since: 1));

        _collected.Add(whole[0]);
        var taken = added.Select(_collected.Add).ToList();

        Assert.Equal(Processes(900).AsEnumerable(), taken[^1]);
    }

    private static List<WireMessage.Hello> Parts(int count, long number, ulong registry = 7, long? since = null) =>
        [.. HelloParts.Of(new WireMessage.Hello(Processes(count), IsReply: false, new ListNumber(registry, number), Since: since))];

    private static ImmutableArray<LocalProcess> Processes(int count) =>
    [
        .. Enumerable.Range(0, count).Select(number => new LocalProcess(
            $"group-{number}",
            new ProcessName($"group-{number}@127.0.0.1:2551"),
            $"akka.tcp://raft@127.0.0.1:2551/system/raft/group-{number}/group-{number}#123456789")),
    ];
}
