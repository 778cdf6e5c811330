namespace RaftActors.Core;

/// <summary>The transfer of leadership that is under way, and the pause after transfers that failed.</summary>
internal sealed class TransferState
{
    /// <summary>The transfer that has not ended; null if there is none. It outlives the role, until the next leader is known.</summary>
    public Transfer? Current { get; set; }

    /// <summary>Failures in a row of transfers that this process began by itself.</summary>
    public int Failures { get; private set; }

    /// <summary>Before this tick the leader begins no transfer by itself.</summary>
    public long PausedUntil { get; private set; }

    /// <summary>Doubles the pause after each failure, up to 64 times; a success ends it.</summary>
    public void BackOff(TransferOutcome outcome, CoreOptions options, long now)
    {
        var pause = (long)(options.StableTicks + options.TransferTimeoutTicks) << Math.Min(Failures, 6);
        (Failures, PausedUntil) = outcome == TransferOutcome.Done ? (0, 0) : (Failures + 1, now + pause);
    }
}
