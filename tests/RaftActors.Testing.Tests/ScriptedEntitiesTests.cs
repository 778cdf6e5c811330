using Akka.Actor;

namespace RaftActors.Testing.Tests;

/// <summary>Entities in memory follow the rules of those on nodes.</summary>
public sealed class ScriptedEntitiesTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("test");
    private readonly ManualClock _time = new();
    private readonly ScriptedEntities<string, string, string> _alarms;

    public ScriptedEntitiesTests() =>
        _alarms = new ScriptedEntities<string, string, string>(_system, () => new Alarm(), time: _time);

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task Reminder_is_told_when_it_is_due_once()
    {
        await SendAsync("set");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("set", await StateAsync());

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("set rung", await StateAsync());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("set rung", await StateAsync());
    }

    [Fact]
    public async Task Reminder_that_is_replaced_or_whose_entity_is_removed_is_not_told()
    {
        await SendAsync("set");
        _time.Advance(TimeSpan.FromSeconds(59));
        await SendAsync("set");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("set set", await StateAsync());

        await SendAsync("remove");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", await StateAsync());
    }

    [Fact]
    public async Task Reminder_of_some_days_is_not_told_on_an_earlier_day()
    {
        await SendAsync("set for days");
        _time.Advance(TimeSpan.FromHours(59));
        Assert.Equal("set for days", await StateAsync());

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("set for days rung", await StateAsync());
    }

    [Fact]
    public async Task Command_that_throws_changes_nothing()
    {
        await SendAsync("set");

        Assert.Equal(FailureReason.HandlerFailed, (await SendAsync("throw")).Faulted().Reason);

        Assert.Equal("set", await StateAsync());
    }

    [Fact]
    public async Task Command_of_another_type_is_invalid()
    {
        var refused = (await _alarms.Client.SendAsync("a", null!)).NotDone(); // Justification: so may a program without null checks.

        Assert.Equal(FailureReason.Invalid, refused.Reason);
        Assert.Contains("null is no command of a Alarm: they are of type System.String.", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_without_a_serializer_is_refused_as_by_a_client_of_nodes()
    {
        var places = new ScriptedEntities<string, Uri, bool>(_system, () => new Place());

        await Assert.ThrowsAsync<ArgumentException>(() => places.Client.SendAsync("a", new Uri("test:command")));
    }

    [Fact]
    public async Task Question_fails_while_the_entities_are_out_of_reach()
    {
        _alarms.IsReachable = false;

        Assert.Equal(
            FailureReason.Unavailable, (await Assert.ThrowsAsync<RaftException>(StateAsync)).Failure?.Reason);
    }

    private Task<Outcome<string>> SendAsync(string command) => _alarms.Client.SendAsync("a", command);

    private async Task<string> StateAsync() => (await _alarms.Client.AskAsync<string>("a")).Result;

    private sealed class Alarm : ReplicatedEntity<string, string, string>
    {
        protected override string NewState() => "";

        protected override string HandleCommand(string command)
        {
            switch (command)
            {
                case "set":
                    Remind("ring", TimeSpan.FromMinutes(1), "rung");
                    break;
                case "set for days":
                    Remind("ring", TimeSpan.FromDays(2.5), "rung");
                    break;
                case "remove":
                    Remove();
                    return "";
                case "throw":
                    State = "lost";
                    throw new InvalidOperationException("as the test wants");
            }

            return State = $"{State} {command}".Trim();
        }
    }

    private sealed class Place : ReplicatedEntity<string, Uri, bool>
    {
        protected override string NewState() => "";

        protected override bool HandleCommand(Uri command) => true;
    }
}
