using RaftActors.Core;
using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// Warns when the log is ahead of this node's clock, because a leader's clock is or was ahead, or this one is behind. The other direction
/// proves nothing, since a process that catches up reads old entries.
/// </summary>
internal sealed class ClockDifference(EngineContext context) : IEnginePart
{
    /// <summary>Far more than clocks differ that NTP keeps.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(10);

    private bool _isTold;

    /// <summary>Compares the time of the last entry. Warns once until the two agree again.</summary>
    public void OnCommitted(LogSlice entries, Serial before)
    {
        if (entries is not [.., { Time: var time }])
        {
            return;
        }

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
