using System.Threading.Channels;

using Akka.Actor;

namespace RaftActors.Persistence.Tests;

/// <summary>Messages that actors get when they are due, until they answer.</summary>
public sealed class ReminderTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Next();
    private readonly Channel<object> _told = Channel.CreateUnbounded<object>();
    private ActorSystem _system = null!; // Justification: xunit initializes it first.

    public Task InitializeAsync()
    {
        _system = Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        _folder.Dispose();
    }

    [Fact]
    public async Task Message_is_told_until_it_is_answered()
    {
        var attempts = 0;
        var reminders = Receive("billing", _ => attempts++ switch
        {
            0 => null,
            1 => new Status.Failure(new InvalidOperationException("not now")),
            _ => "done",
        });

        await reminders.ScheduleAsync("invoice", "/user/billing", "send 7", DateTimeOffset.UnixEpoch);

        Assert.Equal("send 7", await NextAsync());
        Assert.Equal("send 7", await NextAsync());
        Assert.Equal("send 7", await NextAsync());
        await UntilEndedAsync(reminders, "invoice");
        Assert.False(await reminders.CancelAsync("invoice"));
    }

    [Fact]
    public async Task Message_with_a_period_comes_again_after_each_answer()
    {
        var reminders = Receive("billing", message => message);
        var at = Raft.Time.GetUtcNow();

        await reminders.ScheduleAsync("report", "/user/billing", "report", at, TimeSpan.FromSeconds(1));

        Assert.Equal("report", await NextAsync());
        Assert.Equal("report", await NextAsync());
        var next = await reminders.FindAsync("report");
        Assert.Equal(("/user/billing", TimeSpan.FromSeconds(1)), (next?.To, next?.Every));
        Assert.Equal(0, (next!.Due - at.ToUniversalTime()).Ticks % TimeSpan.TicksPerSecond);
        Assert.True(next.Due > at);
    }

    // The first pause is 200 ms, and the second one twice as long.
    [Fact]
    public async Task Answer_that_takes_longer_than_the_first_pause_ends_a_reminder()
    {
        var reminders = RaftReminders.Get(_system);
        _system.ActorOf(Props.Create(() => new SlowReceiver(TimeSpan.FromMilliseconds(250))), "billing");

        await reminders.ScheduleAsync("invoice", "/user/billing", "send 7", DateTimeOffset.UnixEpoch);

        await UntilEndedAsync(reminders, "invoice");
    }

    [Fact]
    public async Task Message_that_was_not_answered_is_told_after_a_restart_of_all_nodes()
    {
        await RaftReminders.Get(_system).ScheduleAsync("invoice", "/user/billing", "send 7", DateTimeOffset.UnixEpoch);
        await RaftReminders.Get(_system).ScheduleAsync("other", "/user/billing", "send 8", DateTimeOffset.MaxValue);
        await _system.Terminate();

        _system = Start();
        var reminders = Receive("billing", message => message);

        Assert.Equal("send 7", await NextAsync());
        await UntilEndedAsync(reminders, "invoice");
        Assert.Equal(DateTimeOffset.MaxValue, (await reminders.FindAsync("other"))?.Due);
    }

    [Fact]
    public async Task Message_goes_to_the_actor_of_another_node_by_its_address()
    {
        var other = ActorSystem.Create(
            "other", "akka { loglevel = OFF, actor.provider = remote, remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }");
        try
        {
            var receiver = other.ActorOf(Props.Create(() => new Receiver(_told.Writer, message => message)), "billing");
            var path = receiver.Path.ToStringWithAddress(((ExtendedActorSystem)other).Provider.DefaultAddress);
            await RaftReminders.Get(_system).ScheduleAsync("invoice", path, 7L, DateTimeOffset.UnixEpoch);

            Assert.Equal(7L, await NextAsync());
            await UntilEndedAsync(RaftReminders.Get(_system), "invoice");
        }
        finally
        {
            await other.Terminate();
        }
    }

    [Fact]
    public async Task Cancelled_message_is_not_known_any_more()
    {
        var reminders = RaftReminders.Get(_system);
        await reminders.ScheduleAsync("invoice", "/user/billing", "send 7", DateTimeOffset.MaxValue);

        Assert.True(await reminders.CancelAsync("invoice"));
        Assert.Null(await reminders.FindAsync("invoice"));
        Assert.False(await reminders.CancelAsync("invoice"));
    }

    [Theory]
    [InlineData("", "/user/billing", 1)]
    [InlineData("invoice", "billing", 1)]
    [InlineData("invoice", "/user/billing", 0)]
    public async Task Wrong_arguments_are_refused(string key, string to, int seconds) => await Assert.ThrowsAnyAsync<ArgumentException>(
        () => RaftReminders.Get(_system).ScheduleAsync(key, to, "send 7", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(seconds)));

    private ActorSystem Start() => Node.Start(
        _port,
        [_port],
        _folder,
        $"raft-persistence.reminder-retry = 200ms\nraft.store.directory = \"{_folder["log"]}\"");

    private RaftReminders Receive(string name, Func<object, object?> answer)
    {
        _system.ActorOf(Props.Create(() => new Receiver(_told.Writer, answer)), name);
        return RaftReminders.Get(_system);
    }

    private Task<object> NextAsync() => _told.Reader.ReadAsync().AsTask().WaitAsync(Guard);

    // Each question is answered by the group, after what it has applied meanwhile.
    private static async Task UntilEndedAsync(RaftReminders reminders, string key)
    {
        using var guard = new CancellationTokenSource(Guard);
        while (await reminders.FindAsync(key, guard.Token) is not null)
        {
        }
    }

    private sealed class SlowReceiver : ReceiveActor
    {
        public SlowReceiver(TimeSpan time) => ReceiveAny(_ => Context.System.Scheduler.ScheduleTellOnce(time, Sender, "done", Self));
    }

    private sealed class Receiver : ReceiveActor
    {
        public Receiver(ChannelWriter<object> told, Func<object, object?> answer) => ReceiveAny(message =>
        {
            told.TryWrite(message);
            if (answer(message) is { } reply)
            {
                Sender.Tell(reply);
            }
        });
    }
}
