using Akka.Actor;

using RaftActors.Engine;

namespace RaftActors.Discovery;

/// <content>Quiescent processes: one beat for all of them to each node.</content>
internal sealed partial class RaftRegistry
{
    private TimeSpan _beatInterval;

    private Address AddressOf(IActorRef sender) => sender.Path.Address is { HasGlobalScope: true } address ? address : _own;

    private void OnQuiesced(QuietProcess process)
    {
        _quiet.Add(process, Now);

        // The running timer of a group with a longer interval would fire too late for this one.
        if (!Timers.IsTimerActive(Due.Beats) || process.Interval < _beatInterval)
        {
            StartBeatTimer(process.Interval);
        }
    }

    private void OnBeatTime()
    {
        foreach (var (address, beat) in _quiet.OnTime(Now))
        {
            // Two processes of one group may be on one node. It beats to itself, so that they watch each other as on two nodes.
            (address.Equals(_own) ? Self : RegistryAt(address)).Tell(beat, Self);
        }

        if (_quiet.Interval is { } interval)
        {
            StartBeatTimer(interval);
        }
    }

    private void StartBeatTimer(TimeSpan interval)
    {
        _beatInterval = interval;
        Timers.StartSingleTimer(Due.Beats, Due.Beats, interval);
    }
}
