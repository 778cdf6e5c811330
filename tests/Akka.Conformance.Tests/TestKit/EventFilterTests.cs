using Akka.Actor;
using Akka.Event;

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

    private sealed class Talkative : ReceiveActor
    {
        public Talkative() => Context.GetLogger().Info("hello");
    }
}
