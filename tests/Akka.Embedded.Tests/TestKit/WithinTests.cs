using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit.Sdk;

namespace TestKitTests;

public sealed class WithinTests() : TestKit("akka.test.single-expect-default = 60s")
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void An_expectation_has_the_remaining_time_of_its_Within_block()
    {
        var error = Assert.ThrowsAny<XunitException>(() => Within(Moment, () => ExpectMsg("x")));

        Assert.Contains("expected <x>, but no message came within 00:00:00.0", error.Message);
    }

    [Fact]
    public void A_block_that_ends_with_ExpectNoMsg_passes()
    {
        Within(Moment, () => ExpectNoMsg());
    }

    [Fact]
    public void A_block_that_takes_too_long_fails()
    {
        using var never = new ManualResetEventSlim();
        var error = Assert.ThrowsAny<XunitException>(() => Within(TimeSpan.FromMilliseconds(1), () => Assert.False(never.Wait(Moment))));

        Assert.Contains("more than 00:00:00.001", error.Message);
    }

    [Fact]
    public void A_block_that_ends_before_its_minimum_time_fails()
    {
        var error = Assert.ThrowsAny<XunitException>(() => Within(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), () => { }, "soon"));

        Assert.Contains("soon: the block took", error.Message);
        Assert.Contains("but must take at least 00:01:00", error.Message);
    }

    [Fact]
    public void An_inner_block_has_no_more_time_than_the_outer_one_leaves()
    {
        Within(TimeSpan.FromSeconds(30), () => Within(TimeSpan.FromHours(1), () =>
        {
            Assert.True(Remaining <= TimeSpan.FromSeconds(30));
            return 0;
        }));
        Assert.Throws<InvalidOperationException>(() => Remaining);
        Assert.Equal(TimeSpan.FromSeconds(60), RemainingOrDefault);
    }

    [Fact]
    public async Task An_asynchronous_block_gives_its_result()
    {
        TestActor.Tell("x");

        Assert.Equal("x", await WithinAsync(TimeSpan.FromSeconds(30), async () => await ExpectMsgAsync<string>()));
        await Assert.ThrowsAnyAsync<XunitException>(() => WithinAsync(Moment, async () => await ExpectMsgAsync<string>()));
    }

    [Fact]
    public void AwaitAssert_repeats_until_nothing_is_thrown_and_fails_with_the_last_throw()
    {
        var attempts = 0;
        AwaitAssert(() => Assert.Equal(3, ++attempts), interval: TimeSpan.FromMilliseconds(1));

        Assert.Equal(3, attempts);
        Assert.Throws<TimeoutException>(() => AwaitAssert(() => throw new TimeoutException(), Moment, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task AwaitCondition_repeats_until_the_answer_is_yes_and_fails_with_its_message()
    {
        var attempts = 0;
        AwaitCondition(() => ++attempts == 3, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(1));
        await AwaitConditionAsync(() => Task.FromResult(++attempts == 6), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(1));

        var error = Assert.ThrowsAny<XunitException>(() => AwaitCondition(() => false, Moment, "the door is open"));

        Assert.Contains($"the condition was not fulfilled within {Moment}: the door is open", error.Message);
    }
}

public sealed class DilationTests() : TestKit("akka.test.timefactor = 2")
{
    [Fact]
    public void Expected_durations_are_multiplied_by_the_time_factor()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), Dilated(TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(6), RemainingOrDefault);
        var error = Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(TimeSpan.FromMilliseconds(20)));
        Assert.Contains("within 00:00:00.04", error.Message);
    }
}
