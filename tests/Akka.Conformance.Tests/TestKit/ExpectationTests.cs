using System.Collections;
using Akka.Actor;
using Xunit.Sdk;

namespace Akka.Conformance.Tests.TestKit;

/// <summary>Messages that a test ignores or fishes for, and durations.</summary>
public sealed class ExpectationTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Settings_have_the_documented_defaults()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), TestKitSettings.DefaultTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), TestKitSettings.SingleExpectDefault);
        Assert.Equal(TimeSpan.FromSeconds(3), TestKitSettings.TestEventFilterLeeway);
        Assert.Equal(1, TestKitSettings.TestTimeFactor);
    }

    [Theory]
    [InlineData("of a type", "1")]
    [InlineData("of a type on a condition", "12")]
    public void Ignored_messages_of_a_type_are_not_received(string ignored, string expected)
    {
        if (ignored == "of a type")
        {
            IgnoreMessages<string>();
        }
        else
        {
            IgnoreMessages<string>(text => text != "2");
        }

        TestActor.Tell('1');
        TestActor.Tell("2");
        TestActor.Tell("3");
        TestActor.Tell('4');

        Assert.Equal(expected + "4", string.Concat(ReceiveN(expected.Length + 1)));
    }

    [Fact]
    public async Task Fishing_returns_the_discarded_messages_in_a_list_that_it_clears_first()
    {
        var discarded = new ArrayList { "from before" };
        TestActor.Tell("one");
        TestActor.Tell("two");
        TestActor.Tell(3);

        Assert.Equal(3, await FishForMessageAsync<int>(_ => true, discarded));

        Assert.Equal(["one", "two"], discarded.Cast<string>());
    }

    [Fact]
    public void Remaining_time_is_known_only_within_a_block()
    {
        Assert.Throws<InvalidOperationException>(() => Remaining);
        Within(TimeSpan.FromMinutes(1), () => Assert.InRange(Remaining, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Block_that_takes_too_little_time_fails_and_a_slower_one_does_not()
    {
        await Assert.ThrowsAnyAsync<XunitException>(
            () => WithinAsync(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), () => Task.CompletedTask));
        await WithinAsync(Moment, TimeSpan.FromMinutes(1), () => Task.Delay(20 * Moment));
        Within(Moment, TimeSpan.FromMinutes(1), () => ExpectNoMsg(20 * Moment));
    }

    [Fact]
    public void Epsilon_is_added_to_the_time_of_a_block() =>
        Within(Moment, () => ExpectNoMsg(20 * Moment), TimeSpan.FromMinutes(1));

    [Fact]
    public async Task Asynchronous_assertion_is_tried_until_it_holds_or_fails()
    {
        var tries = 0;

        await AwaitAssertAsync(() => Assert.True(++tries > 2));
        await AwaitAssertAsync(() => Task.Run(() => Assert.True(++tries > 5)));

        Assert.Equal(6, tries);
        await Assert.ThrowsAnyAsync<XunitException>(() => AwaitAssertAsync(() => Assert.Fail("never"), Moment));
        await Assert.ThrowsAnyAsync<XunitException>(() => AwaitAssertAsync(() => Task.Run(() => Assert.Fail("never")), Moment));
    }

    [Fact]
    public async Task Asynchronous_expectations_take_messages_or_fail()
    {
        foreach (var number in (int[])[2, 1, 3, 4])
        {
            TestActor.Tell(number);
        }

        Assert.Equal([2, 1], await ToListAsync(ExpectMsgAllOfAsync([2, 1])));
        Assert.Equal([3, 4], (await ToListAsync(ReceiveNAsync(2))).Cast<int>());
        await Assert.ThrowsAnyAsync<XunitException>(() => ToListAsync(ReceiveNAsync(1, Moment)));
        await Assert.ThrowsAnyAsync<XunitException>(() => ToListAsync(ExpectMsgAllOfAsync(Moment, [1])));
        await Assert.ThrowsAnyAsync<XunitException>(() => FishForMessageAsync<int>(_ => true, Moment).AsTask());
        TestActor.Tell("other");
        await Assert.ThrowsAnyAsync<XunitException>(() => ToListAsync(ExpectMsgAllOfAsync(["expected"])));
    }

    [Fact]
    public void Test_kit_tests_a_system_that_has_none_of_its_configuration_or_all_of_it()
    {
        foreach (var system in (ActorSystem[])[ActorSystem.Create("bare"), ActorSystem.Create("configured", DefaultConfig)])
        {
            using var kit = new Akka.TestKit.Xunit2.TestKit(system);

            system.ActorOf(Scripted.Props((_, message) => kit.TestActor.Tell(message))).Tell("message");

            kit.ExpectMsg("message");
        }
    }

    private static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> messages)
    {
        var list = new List<T>();
        await foreach (var message in messages)
        {
            list.Add(message);
        }

        return list;
    }
}

/// <summary>Durations that a test gives are multiplied by the configured factor.</summary>
public sealed class DilationTests() : Akka.TestKit.Xunit2.TestKit("akka.test.timefactor = 2")
{
    private static readonly TimeSpan Given = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Duration_is_multiplied() => Assert.Equal(2 * Given, Dilated(Given));

    [Theory]
    [InlineData("AwaitCondition")]
    [InlineData("ReceiveN")]
    [InlineData("ExpectMsgAllOf")]
    [InlineData("FishForMessage")]
    public void Expectation_waits_the_multiplied_time(string expectation)
    {
        var before = Now;

        Assert.ThrowsAny<XunitException>(() =>
        {
            switch (expectation)
            {
                case "AwaitCondition":
                    AwaitCondition(() => false, Given);
                    break;
                case "ReceiveN":
                    ReceiveN(1, Given);
                    break;
                case "ExpectMsgAllOf":
                    ExpectMsgAllOf(Given, 1, 2);
                    break;
                case "FishForMessage":
                    FishForMessage<int>(_ => true, Given);
                    break;
            }
        });

        // The least time only: a timer may be some milliseconds early, and a busy machine late.
        Assert.True(Now - before > 1.5 * Given);
    }
}
