using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit.Sdk;

namespace TestKitTests;

public sealed class EventFilterTests() : TestKit("akka.loglevel = DEBUG, akka.test.filter-leeway = 10s")
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void The_expected_number_of_events_passes()
    {
        EventFilter.Info("hello").ExpectOne(() => Log.Info("hello"));
        EventFilter.Warning(start: "hel").Expect(2, () => Say(2, () => Log.Warning("hello")));
        EventFilter.Error(contains: "ell").ExpectOne(() => Log.Error("hello"));
        EventFilter.Debug(new Regex("^h.*o$")).ExpectOne(() => Log.Debug("hello"));
        EventFilter.Custom(log => log.LogLevel() == LogLevel.InfoLevel).ExpectOne(() => Log.Info("anything"));
    }

    [Fact]
    public void Fewer_or_more_events_fail_with_both_numbers()
    {
        var fewer = Assert.ThrowsAny<XunitException>(() => EventFilter.Info("hello").Expect(2, Moment, () => Log.Info("hello")));
        Assert.Contains("expected 2 log events (InfoLevel 'hello'), but 1 came until", fewer.Message);

        var more = Assert.ThrowsAny<XunitException>(() => EventFilter.Info("hello").ExpectOne(() => Say(2, () => Log.Info("hello"))));
        Assert.Contains("expected 1 log events (InfoLevel 'hello'), but 2 came", more.Message);

        var any = Assert.ThrowsAny<XunitException>(() => EventFilter.Info().Expect(0, () => Log.Info("hello")));
        Assert.Contains("expected 0 log events (InfoLevel), but 1 came", any.Message);
    }

    [Fact]
    public async Task Events_that_come_after_the_block_count_too()
    {
        var go = new TaskCompletionSource();
        var later = Task.Run(async () =>
        {
            await go.Task;
            Log.Info("hello");
        });

        await EventFilter.Info("hello").ExpectOneAsync(() =>
        {
            go.SetResult();
            return Task.CompletedTask;
        });
        await later;
    }

    [Fact]
    public void The_exception_of_an_error_is_found_by_type_and_text()
    {
        EventFilter.Exception<TimeoutException>("too late").ExpectOne(() => Log.Error(new TimeoutException("too late"), "failed"));
        EventFilter.Exception(typeof(TimeoutException), checkInnerExceptions: true)
            .ExpectOne(() => Log.Error(new InvalidOperationException("outer", new TimeoutException()), "failed"));
        EventFilter.Exception<TimeoutException>().Expect(0, () => Log.Error(new InvalidOperationException("other"), "failed"));
    }

    [Fact]
    public void The_source_is_the_path_of_an_actor_with_or_without_address()
    {
        var actor = ActorOf(() => new Logger(), "logger");

        EventFilter.Info("hello", source: "/user/logger").ExpectOne(() => actor.Tell("hello"));
        EventFilter.Info("hello", source: "akka://test/user/logger").ExpectOne(() => actor.Tell("hello"));
        EventFilter.Info("hello", source: "/user/other").And.Info("other").ExpectOne(() =>
        {
            actor.Tell("hello");
            actor.Tell("other");
        });
    }

    [Fact]
    public void A_dead_letter_is_found_by_type_and_recipient()
    {
        EventFilter.DeadLetter<string>(letter => letter == "lost").ExpectOne(() => Sys.DeadLetters.Tell("lost"));
        EventFilter.DeadLetter<int>().Expect(0, () => Sys.DeadLetters.Tell("lost"));
        EventFilter.DeadLetter(typeof(string), Sys.DeadLetters.Path.ToString()).ExpectOne(() => Sys.DeadLetters.Tell("lost"));
    }

    [Fact]
    public void The_result_of_the_block_is_returned()
    {
        Assert.Equal(7, EventFilter.Info("hello").ExpectOne(() =>
        {
            Log.Info("hello");
            return 7;
        }));
    }

    private static void Say(int times, Action say)
    {
        for (var i = 0; i < times; i++)
        {
            say();
        }
    }

    private sealed class Logger : ReceiveActor
    {
        public Logger()
        {
            var log = Context.GetLogger();
            Receive<string>(text => log.Info(text));
        }
    }
}
