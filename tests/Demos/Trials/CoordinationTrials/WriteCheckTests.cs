using CoordinationTrials.Check;

namespace CoordinationTrials.Tests;

/// <summary>Planted faults in histories of writes.</summary>
public sealed class WriteCheckTests
{
    private readonly WriteCheck _check = new();

    [Fact]
    public void Writers_that_follow_each_other_with_rising_tokens_are_no_problem()
    {
        Add("a", 1, 5);
        Add("a", 1, 5);
        Add("b", 2, 7);
        Add("c", 2, 7);
        Add("d", 1, 9);

        Assert.Empty(_check.Problems);
    }

    [Fact]
    public void Writer_that_writes_again_after_its_successor_is_an_overlap()
    {
        Add("a", 1, null);
        Add("b", 2, null);
        Add("a", 1, null);

        Assert.Equal("overlap: singleton is written by a after b, its successor", Assert.Single(_check.Problems));
    }

    [Fact]
    public void Each_return_of_a_former_writer_is_an_overlap()
    {
        Add("a", 1, null);
        Add("b", 2, null);
        Add("a", 1, null);
        Add("a", 1, null);
        Add("b", 2, null);

        Assert.Equal(2, _check.Problems.Count);
    }

    [Fact]
    public void Writers_of_different_resources_do_not_overlap()
    {
        Add("a", 1, 5);
        _check.Add(new Write("entity", 2, "b", 3, 0));
        Add("a", 1, 5);

        Assert.Empty(_check.Problems);
    }

    [Fact]
    public void Lower_token_after_a_higher_one_is_an_old_token()
    {
        Add("a", 1, 7);
        Add("b", 2, 5);

        Assert.Equal("old token: singleton is written under 5 after 7", Assert.Single(_check.Problems));
    }

    [Fact]
    public void Token_of_two_nodes_is_a_shared_token()
    {
        Add("a", 1, 7);
        Add("b", 2, 7);

        Assert.Equal("shared token: singleton is written under 7 by node 2 and by node 1", Assert.Single(_check.Problems));
    }

    private void Add(string instance, int node, long? token) => _check.Add(new("singleton", node, instance, token, 0));
}
