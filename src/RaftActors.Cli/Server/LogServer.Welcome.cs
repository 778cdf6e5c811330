using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Server;

/// <content>
/// A server that was added refuses clients until it knows that it is a member. So the answer to an addition waits for that, at most for as
/// long as the client does: the addition itself is done.
/// </content>
internal sealed partial class LogServer
{
    private static readonly TimeSpan WelcomeInterval = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<long, Probe> _added = [];

    private void AwaitWelcome(Probe added)
    {
        var number = ++_lastProbe;
        _added.Add(number, added);
        var tick = new WelcomeTick(number);
        Timers.StartPeriodicTimer(number, tick, WelcomeInterval);
        OnWelcomeTick(tick);
    }

    private void OnWelcomeTick(WelcomeTick tick)
    {
        var added = _added[tick.Number];
        if (added.Deadline <= Now)
        {
            EndWelcome(tick.Number, added);
        }
        else
        {
            ServerAt(added.Server).Tell(new Request.Status(tick.Number), Self);
        }
    }

    private void OnWelcomed(Reply.StatusIs status)
    {
        if (status.Standing == ServerStanding.Member && _added.TryGetValue(status.Number, out var added))
        {
            EndWelcome(status.Number, added);
        }
    }

    private void EndWelcome(long number, Probe added)
    {
        Timers.Cancel(number);
        _added.Remove(number);
        added.Client.Tell(new Reply.Done(added.Number), Self);
    }

    private sealed record WelcomeTick(long Number);
}
