using RaftActors.Core;
using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// Tells when the log is ahead of this node's clock: the clock of a leader is or was ahead, or this one is behind. Only that direction says
/// something, because a process that catches up reads entries of long ago.
/// </summary>
internal sealed class ClockDifference(EngineContext context)
{
    /// <summary>Clocks that NTP keeps differ by far less.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(10);

    private bool _isTold;

    /// <summary>An entry with this time is committed. Tells once until the two agree again.</summary>
    public void OnCommitted(LogTime time)
    {
        var ahead = time.ToDateTimeOffset() - Machine.Current.Time.GetUtcNow();
        if (ahead <= Max)
        {
            _isTold = false;
        }
        else if (!_isTold)
        {
            _isTold = true;
            context.Publish(new RaftEvent.ClockDiffers(context.Process.Settings.Group, context.Process.Name, ahead));
        }
    }
}
