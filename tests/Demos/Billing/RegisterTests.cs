namespace Billing.Tests;

/// <summary>What the register refuses.</summary>
public sealed class RegisterTests
{
    private readonly Register _register = new();

    [Fact]
    public void Bill_with_the_next_number_is_written_and_a_repeat_changes_nothing()
    {
        Assert.Equal(0, _register.Begin(5));
        Assert.Null(_register.Write(5, 1));
        Assert.Null(_register.Write(5, 2));
        Assert.Null(_register.Write(5, 2));

        Assert.Equal(2, _register.Last);
    }

    [Fact]
    public void Older_token_is_refused_as_soon_as_a_newer_biller_begins()
    {
        Assert.Equal(0, _register.Begin(5));
        Assert.Null(_register.Write(5, 1));
        Assert.Equal(1, _register.Begin(9));

        Assert.Equal("the token 5 is older than 9", _register.Write(5, 2));
        Assert.Null(_register.Begin(5));
        Assert.Null(_register.Write(9, 2));
    }

    [Fact]
    public void Register_of_an_earlier_run_goes_on_with_its_last_bill_and_refuses_its_older_tokens()
    {
        var register = Register.Read(["1 5", "2 7"]);

        Assert.Equal("the token 5 is older than 7", register.Write(5, 3));
        Assert.Equal(2, register.Begin(8));
        Assert.Equal("the token 7 is older than 8", Register.Read([register.Line]).Write(7, 3));
        Assert.Throws<FormatException>(() => Register.Read(["1 5", "two 7"]));
    }

    [Fact]
    public void Number_that_is_not_the_next_one_is_refused()
    {
        Assert.Equal("the next bill is 1, not 2", _register.Write(5, 2));
        Assert.Null(_register.Write(5, 1));

        Assert.Equal("the next bill is 2, not 1", _register.Write(6, 1));
    }
}
