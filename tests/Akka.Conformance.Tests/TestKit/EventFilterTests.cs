using Akka.Actor;
using Akka.Event;
using Xunit.Sdk;

namespace Akka.Conformance.Tests.TestKit;

public sealed class EventFilterTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Source_of_a_dead_letter_is_its_recipient()
    {
        var ended = Sys.ActorOf(Silent.Props, "ended");
        Watch(ended);
        Sys.Stop(ended);
        ExpectTerminated(ended);

        EventFilter.DeadLetter<string>(source: "/user/ended").ExpectOne(() => ended.Tell("lost", TestActor));
        EventFilter.DeadLetter<string>(source: ended.Path.ToString()).ExpectOne(() => ended.Tell("lost", TestActor));
        EventFilter.DeadLetter<string>(source: TestActor.Path.ToString()).Expect(0, () => ended.Tell("lost", TestActor));
    }

    [Fact]
    public void Source_is_compared_in_any_case()
    {
        EventFilter.Info(source: "/USER/talkative").ExpectOne(() => Sys.ActorOf(Props.Create(() => new Talkative()), "Talkative"));
    }

    [Fact]
    public void Event_counts_for_the_oldest_filter_that_matches()
    {
        EventFilter.Info().Expect(2, () =>
        {
            using (EventFilter.Info("muted").Mute())
            {
                Sys.Log.Info("muted");
            }

            Sys.Log.Info("muted");
        });
    }

    [Theory]
    [InlineData("an exact text", null, null, true)]
    [InlineData(null, "an ex", null, true)]
    [InlineData(null, null, "act", true)]
    [InlineData("an exact", null, null, false)]
    [InlineData(null, "exact", null, false)]
    [InlineData(null, null, "text an", false)]
    public void Text_start_or_part_selects_an_event(string? message, string? start, string? contains, bool isSelected) =>
        EventFilter.Warning(message, start, contains).Expect(isSelected ? 1 : 0, () => Sys.Log.Warning("an exact text"));

    [Fact]
    public void Filter_of_another_level_does_not_count() => EventFilter.Error().Expect(0, () => Sys.Log.Warning("careful"));

    [Fact]
    public void Filters_can_be_joined()
    {
        EventFilter.Error("one").And.Warning("two").Expect(2, () =>
        {
            Sys.Log.Error("one");
            Sys.Log.Warning("two");
        });
    }

    [Fact]
    public void Predicate_selects_events()
    {
        EventFilter.Custom(logged => logged is Warning && "it".Equals(logged.Message.ToString()))
            .And.Custom<Error>(logged => "it".Equals(logged.Message.ToString())).Expect(2, () =>
            {
                Sys.Log.Warning("other");
                Sys.Log.Warning("it");
                Sys.Log.Info("it");
                Sys.Log.Error("it");
            });
    }

    [Fact]
    public void Dead_letters_are_selected_by_the_type_of_their_message()
    {
        EventFilter.DeadLetter().ExpectOne(() => Sys.DeadLetters.Tell("lost"));
        EventFilter.DeadLetter<int>().And.DeadLetter<double>().Expect(2, () =>
        {
            Sys.DeadLetters.Tell(5);
            Sys.DeadLetters.Tell("lost");
            Sys.DeadLetters.Tell(1.2);
        });
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("an exact text", null, null, true)]
    [InlineData(null, "an ex", null, true)]
    [InlineData(null, null, "act", true)]
    [InlineData("an exact", null, null, false)]
    [InlineData(null, "exact", null, false)]
    [InlineData(null, null, "text an", false)]
    public void Exceptions_are_selected_by_their_type_and_the_text(string? message, string? start, string? contains, bool isSelected)
    {
        EventFilter.Exception<InvalidOperationException>(message, start, contains)
            .And.Exception<NotSupportedException>(message, start, contains)
            .And.Exception<InvalidOperationException>(message, start, contains, source: "elsewhere")
            .And.Warning("last").Expect(isSelected ? 3 : 1, () =>
            {
                Sys.Log.Error(new InvalidOperationException(), "an exact text");
                Sys.Log.Error(new InvalidOperationException(), "an exact text");
                Sys.Log.Warning("last");
            });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Too_few_and_too_many_events_fail(int events)
    {
        Assert.ThrowsAny<XunitException>(() => EventFilter.Error().Expect(2, TimeSpan.FromMilliseconds(1), () =>
        {
            for (var i = 0; i < events; i++)
            {
                Sys.Log.Error("it");
            }
        }));
    }

    [Fact]
    public async Task Asynchronous_blocks_are_awaited_and_later_events_count()
    {
        await EventFilter.Error().ExpectAsync(0, () => Task.CompletedTask);
        await EventFilter.Warning().ExpectAsync(2, async () =>
        {
            await Task.Yield();
            Sys.Log.Warning("in the block");
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(10), () => Sys.Log.Warning("after the block"));
        });
    }

    [Fact]
    public void Muted_events_reach_no_logger_and_others_do()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        EventFilter.Warning().Mute(() => Sys.Log.Warning("muted"));
        var filter = EventFilter.Warning().Mute();
        Sys.Log.Warning("muted");
        filter.Unmute();
        EventFilter.Warning().ExpectOne(() => Sys.Log.Warning("logged"));

        Assert.Equal(["muted", "muted", "logged"], ReceiveN(3).Cast<Warning>().Select(warning => warning.Message.ToString()));
    }

    [Fact]
    public void Unhandled_message_is_information_and_no_warning()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Deaf()));

        EventFilter.Info().And.Warning().And.Error().ExpectOne(() => actor.Tell("nobody hears"));
        EventFilter.Info().And.Warning("last").Expect(2, () =>
        {
            actor.Tell("nobody hears");
            actor.Ask<ActorIdentity>(new Identify(1)).Wait();
            Sys.Log.Warning("last");
        });
    }

    private sealed class Deaf : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Talkative : ReceiveActor
    {
        public Talkative() => Context.GetLogger().Info("hello");
    }
}
