using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Server;

/// <content>
/// An added server refuses clients until it knows that it is a member. So the reply to an addition waits for that, at most until the
/// client's time is up. The addition itself is done by then.
/// </content>
internal sealed partial class LogServer
{
    private static readonly TimeSpan MembershipInterval = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<long, Probe> _added = [];

    private void AwaitMembership(Probe added)
    {
        var number = ++_lastProbe;
        _added.Add(number, added);
        var tick = new MembershipTick(number);
        Timers.StartPeriodicTimer(number, tick, MembershipInterval);
        OnMembershipTick(tick);
    }

    private void OnMembershipTick(MembershipTick tick)
    {
        var added = _added[tick.Number];
        if (added.Deadline <= Now)
        {
            EndAddition(tick.Number, added);
        }
        else
        {
            ServerAt(added.Server).Tell(new Request.Status(tick.Number), Self);
        }
    }

    private void OnMembershipReply(Reply.StatusIs status)
    {
        if (status.Standing == ServerStanding.Member && _added.TryGetValue(status.Number, out var added))
        {
            EndAddition(status.Number, added);
        }
    }

    private void EndAddition(long number, Probe added)
    {
        Timers.Cancel(number);
        _added.Remove(number);
        added.Client.Tell(new Reply.Done(added.Number), Self);
    }

    private sealed record MembershipTick(long Number);
}
