using Akka.Actor;
using Akka.Event;

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
        if (!Timers.IsTimerActive(BeatTime.Due) || process.Interval < _beatInterval)
        {
            StartBeatTimer(process.Interval);
        }
    }

    private void OnBeatTime(BeatTime time)
    {
        if (time == BeatTime.Due)
        {
            // A beat may wait in the mailbox, and its node is not silent. So the silence is judged after a message to itself, behind the
            // mailbox.
            Self.Tell(BeatTime.Read, Self);
            return;
        }

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
        Timers.StartSingleTimer(BeatTime.Due, BeatTime.Due, interval);
    }

    private sealed class BeatTime
    {
        // Due: time for the next beats. Read: all messages that were in the mailbox at that time have been read.
        public static BeatTime Due { get; } = new();
        public static BeatTime Read { get; } = new();
    }
}
