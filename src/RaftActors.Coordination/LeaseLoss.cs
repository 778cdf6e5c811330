using RaftActors.Settings;

namespace RaftActors.Coordination;

/// <summary>
/// Tells the owner of a lease that it is lost: at once, and then again a few times. The managers of cluster singletons and the shards of
/// Akka.NET ignore a loss that comes before the result of their Acquire, as it may on a busy machine. Then they would go on without the
/// lease for ever. Thread-safe.
/// </summary>
internal sealed class LeaseLoss(Action<Exception> tell, Exception reason, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(16);

    private volatile bool _hasEnded;

    /// <summary>Each pause is twice the one before.</summary>
    public async Task TellAsync()
    {
        tell(reason);
        for (var pause = FirstPause; pause <= LastPause; pause *= 2)
        {
            await Machine.Current.Delay(pause, time);
            if (_hasEnded)
            {
                return;
            }

            tell(reason);
        }
    }

    /// <summary>The owner asks for the lease again, or does not need it any more.</summary>
    public void End() => _hasEnded = true;
}
