namespace RaftActors.Tests;

/// <summary>A <see cref="Recorder"/> that moves the virtual clock while it applies a pair.</summary>
internal sealed class SlowRecorder(IActorRef watcher, RaftOptions<string> options, TimeSpan time) : Recorder(watcher, options)
{
    protected override int HandleAppend(Entry<string> entry)
    {
        ((VirtualScheduler)Context.System.Scheduler).Advance(time);
        return base.HandleAppend(entry);
    }
}
