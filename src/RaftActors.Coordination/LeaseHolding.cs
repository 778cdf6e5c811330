using Akka.Event;

using RaftActors.Coordination.Sessions;

namespace RaftActors.Coordination;

/// <summary>
/// One period for which this node holds a lease. If the lease is lost, it tells the owner at once, and then again a few times. Otherwise
/// the cluster singletons and shards of Akka.NET could go on without the lease for ever, because they ignore a loss that comes before the
/// result of their Acquire, as it may on a busy machine. An owner that acquires the lease again has another holding, so it never hears of
/// the loss of this one. Thread-safe.
/// </summary>
internal sealed class LeaseHolding
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(16);

    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log;
    private volatile Action<Exception>? _tell;
    private volatile bool _hasEnded;

    public LeaseHolding(RaftLock held, string name, TimeProvider time, ILoggingAdapter log)
    {
        (Lock, _name, _time, _log) = (held, name, time, log);
        held.Lost.UnsafeRegister(_ => _ = TellAsync(), null);
    }

    public RaftLock Lock { get; }

    /// <summary>Sets the callback for a loss, in place of any earlier one.</summary>
    public void TellLossTo(Action<Exception> callback) => _tell = callback;

    /// <summary>Tells nothing from now on, because the owner acquires the lease again or does not need it any more.</summary>
    public void End() => _hasEnded = true;

    private async Task TellAsync()
    {
        TimeoutException reason = new(
            $"The lease {_name} is lost: the coordination group has not confirmed this node's session in time.");
        for (var pause = FirstPause; !_hasEnded; pause *= 2)
        {
            try
            {
                _tell?.Invoke(reason);
            }
            catch (Exception e)
            {
                _log.Error(e, "The owner of the lease {0} has failed to take its loss", _name);
            }

            if (pause > LastPause)
            {
                return;
            }

            await _time.PauseAsync(pause).ConfigureAwait(false);
        }
    }
}
