using CoordinationTrials.Check;

namespace CoordinationTrials.Tests;

/// <summary>What the register refuses, and which takeovers it finds.</summary>
public sealed class RegisterTests
{
    private readonly Register _register = new();

    [Fact]
    public void Write_with_an_older_token_is_refused()
    {
        _register.Add(new("singleton", 1, "a", 5, 1));
        _register.Add(new("singleton", 2, "b", 7, 2));
        _register.Add(new("singleton", 1, "a", 5, 3));

        Assert.Equal((2, 1), (_register.Accepted, _register.Refused));
        Assert.Empty(_register.Problems);
    }

    [Fact]
    public void Overlap_of_writes_without_tokens_is_accepted_and_found()
    {
        _register.Add(new("singleton", 1, "a", null, 1));
        _register.Add(new("singleton", 2, "b", null, 2));
        _register.Add(new("singleton", 1, "a", null, 3));

        Assert.Equal((3, 0), (_register.Accepted, _register.Refused));
        Assert.Single(_register.Problems);
    }

    [Fact]
    public void Takeover_is_from_the_last_write_of_the_old_node_to_the_first_one_of_another()
    {
        _register.Add(new("singleton", 1, "a", 5, 1));
        _register.Add(new("singleton", 1, "a", 5, 4));
        Assert.Null(_register.Takeover("singleton", node => node == 1, 3));
        _register.Add(new("singleton", 2, "b", 7, 9));

        var (last, first) = _register.Takeover("singleton", node => node == 1, 3)!.Value;

        Assert.Equal((4, 9), (last.At, first.At));
    }

    [Fact]
    public void Line_of_a_write_is_read_as_it_was_written()
    {
        Assert.Equal(new Write("lock", 3, "3-77", 12, 5), Write.Parse(Write.LineOf("lock", "3-77", 12), 3, 5));
        Assert.Equal(new Write("lock", 3, "3-77", null, 5), Write.Parse(Write.LineOf("lock", "3-77", null), 3, 5));
    }
}
