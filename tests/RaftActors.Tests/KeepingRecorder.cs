using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Tests;

/// <summary>A <see cref="Recorder"/> with a store of its own: each life begins after the last pair of the life before.</summary>
internal sealed class KeepingRecorder(IActorRef watcher, RaftOptions<string> options, KeepingRecorder.Kept kept)
    : Recorder(watcher, options with { LastSerial = kept.Serial })
{
    protected override int HandleAppend(Entry<string> entry)
    {
        kept.Serial = entry.Serial;
        return base.HandleAppend(entry);
    }

    internal sealed class Kept
    {
        public Serial Serial { get; set; }
    }
}
