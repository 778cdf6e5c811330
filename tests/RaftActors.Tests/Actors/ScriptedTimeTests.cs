namespace RaftActors.Tests.Actors;

/// <summary>The times of pairs in a test of one actor, and of a client.</summary>
public sealed class ScriptedTimeTests : TestKit
{
    private static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Given = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

    [Fact]
    public void Scripted_pair_has_the_given_time_or_a_second_more_than_the_one_before()
    {
        var group = new ScriptedGroup<string>(Sys, null, [.. Recorder.Pairs(2)]);
        var watcher = TestActor;
        Sys.ActorOf(Props.Create(() => new Timed(watcher)));
        group.Found();

        group.Commit("a", "1");
        group.Commit("a", "2", Given);
        group.Commit("a", "3", Given.AddSeconds(-1));
        group.Commit("a", "4");

        DateTimeOffset[] expected =
            [Begin.AddSeconds(1), Begin.AddSeconds(2), Begin.AddSeconds(3), Given, Given, Given.AddSeconds(1)];
        Assert.All(expected, time => ExpectMsg(time));
    }

    [Fact]
    public void Pair_of_a_scripted_client_has_the_given_time_or_a_second_more_than_the_one_before()
    {
        var client = new ScriptedClient<string, int>();

        Assert.Equal(
            [Begin.AddSeconds(1), Given, Given, Given.AddSeconds(1)],
            new DateTimeOffset?[] { null, Given, Given.AddSeconds(-1), null }.Select(time => client.Commit("a", "1", time).Time));
    }

    [Fact]
    public async Task Pair_that_another_process_fetches_has_its_time_in_the_log_although_the_actor_kept_it_without()
    {
        var group = new ScriptedGroup<string>(Sys, null);
        Sys.ActorOf(Props.Create(() => new Keeping()));
        group.BuildQuorum();

        var serial = group.Commit("a", "1", Given);

        Assert.Equal(new Entry<string>(serial, "a", "1") { Time = Given }, await group.AskAsync(serial));
    }

    private sealed class Keeping : RaftActor<string>
    {
        private readonly Dictionary<Serial, string> _values = [];

        protected override object? HandleAppend(Entry<string> entry) => _values[entry.Serial] = entry.Value;

        protected override Entry<string>? HandleGet(Serial serial) => new(serial, "a", _values[serial]);
    }

    private sealed class Timed(IActorRef watcher) : RaftActor<string, int>
    {
        protected override int HandleAppend(Entry<string> entry)
        {
            watcher.Tell(entry.Time);
            return 0;
        }
    }
}
