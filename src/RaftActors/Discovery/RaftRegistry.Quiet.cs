using Akka.Actor;
using Akka.Event;

using RaftActors.Engine;

namespace RaftActors.Discovery;

/// <content>Quiescent processes: one beat for all of them to each node.</content>
internal sealed partial class RaftRegistry
{
    // The interval of the timer that runs.
    private TimeSpan _beatInterval;

    private Address AddressOf(IActorRef sender) => sender.Path.Address is { HasGlobalScope: true } address ? address : _own;

    private void OnQuiesced(QuietProcess process)
    {
        _quiet.Add(process, Now);

        // A timer of a group with a longer interval would come too late for this one.
        if (!Timers.IsTimerActive(BeatTime.Due) || process.Interval < _beatInterval)
        {
            StartBeatTimer(process.Interval);
        }
    }

    private void OnBeatTime(BeatTime time)
    {
        if (time == BeatTime.Due)
        {
            // A node whose beat waits in the mailbox is not silent.
            Self.Tell(BeatTime.Read, Self);
            return;
        }

        foreach (var (address, beat) in _quiet.OnTime(Now))
        {
            // Processes of one group may be on one node. It beats to itself, so that they are watched as those of two nodes are.
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
        Timers.StartSingleTimer(BeatTime.Due, BeatTime.Due, interval);
    }

    private sealed class BeatTime
    {
        // It is time for the next beats.
        public static BeatTime Due { get; } = new();

        // The messages that were in the mailbox by then are read.
        public static BeatTime Read { get; } = new();
    }
}
